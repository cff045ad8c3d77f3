import type { LedgerReader, Row, SqlValue } from '@sluice/ledger';
import type { OutcomePage, OutcomeQuery, OutcomeRecord } from '../schemas/outcome-schema.ts';

/** Bodies beyond this stay in the ledger: one answer must not hold a list of 64 MiB each. */
const MAX_BODY = 1_048_576;
/** A page ends early when it holds this much. */
const MAX_PAGE_BYTES = 4 * MAX_BODY;

const COLUMNS =
  'id, key, position, host, state, class, code, message, attempts, status, finished_at, length(body) AS body_bytes';
const CONTENT = `, headers, value, charset, CASE WHEN length(body) <= ${MAX_BODY} THEN body END AS body`;

/**
 * One page of outcomes: the list's items in its order, then those that steps emitted. Of a run that goes on it is what is recorded so far;
 * an item that is settled later, in front of the cursor, is not seen.
 */
export async function readPage(reader: LedgerReader, query: OutcomeQuery): Promise<OutcomePage> {
  const outcomes: OutcomeRecord[] = [];
  let bytes = 0;
  let last = 0;
  for await (const { id, record } of readRecords(reader, query)) {
    if (outcomes.length === query.limit || bytes > MAX_PAGE_BYTES) return { outcomes, next: String(last) };
    outcomes.push(record);
    bytes += (record.text ?? record.bodyBase64 ?? '').length;
    last = id;
  }
  return { outcomes, next: null };
}

/** All outcomes as lines of JSON. Leaving the loop ends the reading. */
export async function* readLines(reader: LedgerReader, query: OutcomeQuery): AsyncGenerator<string, void, undefined> {
  for await (const { record } of readRecords(reader, query)) yield `${JSON.stringify(record)}\n`;
}

async function* readRecords(
  reader: LedgerReader,
  query: OutcomeQuery,
): AsyncGenerator<{ readonly id: number; readonly record: OutcomeRecord }, void, undefined> {
  const { conditions, params } = filterOf(query);
  const columns = query.body ? COLUMNS + CONTENT : COLUMNS;
  const after = Number(query.cursor ?? 0);
  // Items of the list have rising ids above zero, emitted ones falling ids below it: both walks follow the primary key.
  const walks = [
    { begin: after >= 0 ? 'id > ?' : undefined, at: after, order: 'id' },
    { begin: 'id < ?', at: Math.min(after, 0), order: 'id DESC' },
  ];
  for (const { begin, at, order } of walks) {
    if (begin === undefined) continue;
    const where = [begin, ...conditions].join(' AND ');
    const rows = reader.rows(`SELECT ${columns} FROM outcome WHERE ${where} ORDER BY ${order}`, [at, ...params]);
    for await (const row of rows) yield { id: Number(row.id), record: toRecord(row, query.body) };
  }
}

function filterOf(query: OutcomeQuery): { readonly conditions: string[]; readonly params: SqlValue[] } {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  for (const name of ['state', 'class', 'host'] as const) {
    const value = query[name];
    if (value === undefined) continue;
    conditions.push(`${name} = ?`);
    params.push(value);
  }
  return { conditions, params };
}

function toRecord(row: Row, withContent: boolean): OutcomeRecord {
  const record: OutcomeRecord = {
    key: String(row.key),
    position: row.position as number | null,
    host: String(row.host),
    state: String(row.state),
    class: row.class as string | null,
    code: row.code as string | null,
    message: row.message as string | null,
    attempts: Number(row.attempts),
    status: row.status as number | null,
    finishedAt: row.finished_at === null ? null : new Date(Number(row.finished_at)).toISOString(),
    bodyBytes: row.body_bytes as number | null,
  };
  if (!withContent) return record;
  return {
    ...record,
    headers: parseOrNull(row.headers as string | null),
    value: parseOrNull(row.value as string | null),
    ...contentOf(row.body as Uint8Array | null, row.charset as string | null),
  };
}

function parseOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** Text that decoding would have to mend is no text: only the bytes tell what came. */
function contentOf(body: Uint8Array | null, charset: string | null): Pick<OutcomeRecord, 'text' | 'bodyBase64'> {
  if (body === null) return {};
  try {
    return { text: new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(body) };
  } catch {
    return { bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
  }
}
