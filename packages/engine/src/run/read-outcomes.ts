import { type LedgerReader, openReader, type Row } from '@sluice/ledger';
import type { ItemOutcome, OutcomeFilter, Report } from './report.ts';

const COLUMNS =
  'key, position, host, state, class, code, message, attempts, status, headers, body, charset, value, finished_at';

/** Items of the source in its order, then those that steps emitted in theirs: both as the file has them, so that nothing is sorted. */
const PASSES = ['id > 0 ORDER BY id', 'id < 0 ORDER BY id DESC'];

/** The outcomes that a ledger holds, in the order of the source (emitted items behind it), page by page. */
export async function* readOutcomes(
  reader: LedgerReader,
  filter: OutcomeFilter = {},
): AsyncGenerator<ItemOutcome, void, undefined> {
  let conditions = '';
  const params: string[] = [];
  for (const column of ['state', 'class'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    conditions += `${column} = ? AND `;
    params.push(value);
  }
  for (const pass of PASSES) {
    for await (const row of reader.rows(`SELECT ${COLUMNS} FROM outcome WHERE ${conditions}${pass}`, params)) {
      yield toOutcome(row);
    }
  }
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

function toOutcome(row: Row): ItemOutcome {
  const body = row.body as Uint8Array | null;
  return {
    key: row.key as string,
    position: row.position as number | null,
    host: row.host as string,
    state: row.state as ItemOutcome['state'],
    class: row.class as ItemOutcome['class'],
    code: row.code as string | null,
    message: row.message as string | null,
    attempts: row.attempts as number,
    status: row.status as number | null,
    headers: row.headers === null ? null : (JSON.parse(row.headers as string) as [string, string][]),
    body,
    text: body === null ? null : decode(body, row.charset as string | null),
    value: row.value === null ? undefined : (JSON.parse(row.value as string) as unknown),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at as number),
  };
}

function decode(body: Uint8Array, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
