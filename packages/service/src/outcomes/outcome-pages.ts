import { readOutcomes } from '@sluice/engine';
import { type OutcomeRecord, toOutcomeRecord } from '@sluice/engine/records';
import type { LedgerReader } from '@sluice/ledger';
import type { OutcomePage, OutcomeQuery } from '../schemas/outcome-schema.ts';

/** Bodies beyond this stay in the ledger: one answer must not hold a list of 64 MiB each. */
const MAX_BODY = 1_048_576;
/** A page ends early when it holds this much. */
const MAX_PAGE_BYTES = 4 * MAX_BODY;

/** One page of outcomes, in the order of {@link readOutcomes}. */
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
  { state, class: outcomeClass, host, body, cursor }: OutcomeQuery,
): AsyncGenerator<{ readonly id: number; readonly record: OutcomeRecord }, void, undefined> {
  const reading = { state, class: outcomeClass, host, content: body, maxBody: MAX_BODY, after: Number(cursor ?? 0) };
  for await (const outcome of readOutcomes(reader, reading)) {
    yield { id: outcome.id, record: toOutcomeRecord(outcome, body) };
  }
}
