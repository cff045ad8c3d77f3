import { type LedgerReader, openReader, type Row, type SqlValue } from '@sluice/ledger';
import type { ItemOutcome, OutcomeFilter, OutcomeReading, Report } from './report.ts';

const FACTS =
  'id, key, position, host, state, class, code, message, attempts, status, finished_at, length(body) AS body_bytes';
const CONTENT = 'headers, value, charset';

/**
 * The outcomes that a ledger holds, in the order of the source (emitted items behind it), page by page. Of a run that goes on it is what is
 * recorded so far: an item that is settled later, in front of what was read, is not seen.
 */
export async function* readOutcomes(
  reader: LedgerReader,
  reading: OutcomeReading = {},
): AsyncGenerator<ItemOutcome, void, undefined> {
  const { after = 0, content = true, maxBody } = reading;
  const columns = content ? `${FACTS}, ${CONTENT}, ${bodyColumn(maxBody)}` : FACTS;
  const { conditions, params } = conditionsOf(reading);
  for (const { begin, at, order } of passesFrom(after)) {
    const where = [begin, ...conditions].join(' AND ');
    const sql = `SELECT ${columns} FROM outcome WHERE ${where} ORDER BY ${order}`;
    for await (const row of reader.rows(sql, [at, ...params])) yield toOutcome(row, content);
  }
}

function bodyColumn(maxBody: number | undefined): string {
  return maxBody === undefined ? 'body' : `CASE WHEN length(body) <= ${Math.trunc(maxBody)} THEN body END AS body`;
}

/** Items of the source in its order, then those that steps emitted in theirs: both as the file has them, so that nothing is sorted. */
function passesFrom(after: number): { readonly begin: string; readonly at: number; readonly order: string }[] {
  const emitted = { begin: 'id < ?', at: Math.min(after, 0), order: 'id DESC' };
  return after < 0 ? [emitted] : [{ begin: 'id > ?', at: after, order: 'id' }, emitted];
}

function conditionsOf(filter: OutcomeFilter): { readonly conditions: string[]; readonly params: SqlValue[] } {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  for (const column of ['state', 'class', 'host'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(value);
  }
  return { conditions, params };
}

/** A report whose outcomes are read from the ledger when they are asked for. */
export function makeReport(facts: Omit<Report, 'outcomes'>): Report {
  return {
    ...facts,
    async *outcomes(filter) {
      await using reader = await openReader(facts.ledger);
      yield* readOutcomes(reader, filter);
    },
  };
}

function toOutcome(row: Row, withContent: boolean): ItemOutcome {
  return {
    id: row.id as number,
    key: row.key as string,
    position: row.position as number | null,
    host: row.host as string,
    state: row.state as ItemOutcome['state'],
    class: row.class as ItemOutcome['class'],
    code: row.code as string | null,
    message: row.message as string | null,
    attempts: row.attempts as number,
    status: row.status as number | null,
    bodyBytes: row.body_bytes as number | null,
    ...(withContent ? contentOf(row) : NO_CONTENT),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at as number),
  };
}

const NO_CONTENT = { headers: null, body: null, text: null, value: undefined } as const;

function contentOf(row: Row): Pick<ItemOutcome, 'headers' | 'body' | 'text' | 'value'> {
  const body = row.body as Uint8Array | null;
  return {
    headers: row.headers === null ? null : (JSON.parse(row.headers as string) as [string, string][]),
    body,
    text: body === null ? null : decode(body, row.charset as string | null),
    value: row.value === null ? undefined : (JSON.parse(row.value as string) as unknown),
  };
}

function decode(body: Uint8Array, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
