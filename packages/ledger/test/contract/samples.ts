import type { AttemptRow, NewRun, RecordedItem, ResultRow, Settlement, SourceItem } from '@sluice/ledger';

/** A run for tests. */
export const NEW_RUN: NewRun = {
  id: 'run-1',
  kind: 'fetch',
  definition: '{"verb":"fetch"}',
  seed: 42,
  inputFingerprint: 'fp',
};

/** Source item number `position`. */
export function item(position: number, key = `key-${position}`): SourceItem {
  return { position, key, host: 'a.test', input: null };
}

/** Source items `first` to `last`. */
export function items(first: number, last: number): SourceItem[] {
  return Array.from({ length: last - first + 1 }, (_, index) => item(first + index));
}

/** The evidence of one attempt. */
export function attempt(number: number, change: Partial<AttemptRow> = {}): AttemptRow {
  return {
    number,
    class: 'ok',
    code: null,
    phase: null,
    message: null,
    method: 'GET',
    url: 'http://a.test/',
    startedAt: 1_700_000_000_000,
    durationMs: 12.5,
    bytesIn: 100,
    bytesOut: 50,
    reused: true,
    address: '127.0.0.1:80',
    requests: 1,
    ...change,
  };
}

/** A result with a body. */
export function result(text: string, change: Partial<ResultRow> = {}): ResultRow {
  return { status: 200, headers: '[]', body: new TextEncoder().encode(text), charset: 'utf-8', value: null, ...change };
}

/** The verdict "done" on a source item or a recorded one. */
export function done(of: SourceItem | RecordedItem, change: Partial<Settlement> = {}): Settlement {
  const id = 'id' in of ? of.id : of.position;
  const number = 'id' in of ? of.attempts + 1 : 1;
  return {
    id,
    key: of.key,
    host: of.host,
    input: of.input,
    state: 'done',
    idempotent: true,
    sent: true,
    dueAt: null,
    spent: null,
    attempt: attempt(number),
    result: result(`body of ${of.key}`),
    emits: [],
    ...change,
  };
}

/** The verdict "failed, try again at `dueAt`". */
export function again(
  of: SourceItem | RecordedItem,
  dueAt: number | null,
  change: Partial<Settlement> = {},
): Settlement {
  const base = done(of);
  return {
    ...base,
    state: 'pending',
    dueAt,
    spent: '{"server":1}',
    attempt: {
      ...(base.attempt as AttemptRow),
      class: 'server',
      code: 'HTTP_500',
      message: 'status 500',
      phase: 'wait',
    },
    result: null,
    ...change,
  };
}

/** The verdict "failed for good". */
export function failed(of: SourceItem | RecordedItem, change: Partial<Settlement> = {}): Settlement {
  return { ...again(of, null), state: 'failed', ...change };
}

/** Reads all rows. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}
