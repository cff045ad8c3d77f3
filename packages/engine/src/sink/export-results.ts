import type { Sink, SinkRow } from '@sluice/databases';
import type { Ledger, Row } from '@sluice/ledger';

/** How many rows go to the sink at a time; where the export stands is written down after each. */
const BATCH = 1000;

/** A done item, as a sink gets to see it. */
export interface DoneItem {
  readonly key: string;
  /** Line or row number; null for an item that was emitted. */
  readonly position: number | null;
  /** What the step returned; undefined for a reply and for nothing. */
  readonly value: unknown;
  /** Status and text of the reply, where the step returned one. */
  readonly status: number | null;
  readonly text: string | null;
}

/** Makes a row of a done item; undefined leaves it out. */
export type ToRow = (item: DoneItem) => SinkRow | undefined;

/** The value, where it is an object; else the key with the value, or with status and text of the reply. */
export const defaultRow: ToRow = ({ key, value, status, text }) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as SinkRow;
  return status === null ? { key, value: value ?? null } : { key, status, text };
};

/**
 * Hands the results of a complete run to its sink, in batches, from where an earlier export stopped. At least once: a crash between a batch and the
 * note of it writes that batch again, so a sink should say what a conflict means (`onConflict: 'update'` or `'ignore'`).
 *
 * @throws what the sink throws: nothing beyond the last noted batch counts as handed on, and the next start goes on there. CancelledError.
 */
export async function exportResults(ledger: Ledger, sink: Sink, toRow: ToRow): Promise<void> {
  const from = ledger.run.sinkCursor === null ? Number.MIN_SAFE_INTEGER : Number(ledger.run.sinkCursor);
  let rows: SinkRow[] = [];
  let last = from;
  const hand = async (): Promise<void> => {
    await sink.write(rows);
    await ledger.updateRun({ sinkCursor: String(last) });
    rows = [];
  };
  const statement = `SELECT id, key, position, value, status, text FROM outcome WHERE state = 'done' AND id > ? ORDER BY id`;
  for await (const row of ledger.rows(statement, [from])) {
    const made = toRow(toItem(row));
    last = Number(row.id);
    if (made !== undefined) rows.push(made);
    if (rows.length >= BATCH) await hand();
  }
  await hand();
}

function toItem(row: Row): DoneItem {
  return {
    key: row.key as string,
    position: row.position as number | null,
    value: row.value === null ? undefined : (JSON.parse(row.value as string) as unknown),
    status: row.status as number | null,
    text: row.text as string | null,
  };
}
