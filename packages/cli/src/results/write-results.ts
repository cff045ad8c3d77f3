import type { ItemOutcome } from '@sluice/engine';
import { toOutcomeRecord } from '@sluice/engine/records';
import { CSV_HEAD, type CsvOptions, csvLine } from './csv.ts';
import { inPieces } from './in-pieces.ts';
import type { ResultTarget } from './result-target.ts';

/**
 * Writes outcomes to a target in its format, and answers how many. Items without an outcome (yet to be tried again) are
 * left out.
 */
export async function writeResults(
  target: ResultTarget,
  outcomes: AsyncIterable<ItemOutcome>,
  options: CsvOptions = {},
): Promise<number> {
  let count = 0;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    if (target.format === 'csv') yield CSV_HEAD;
    for await (const outcome of outcomes) {
      if (outcome.state === 'pending' || outcome.state === 'leased') continue;
      count++;
      const record = toOutcomeRecord(outcome);
      yield target.format === 'csv' ? csvLine(record, options) : `${JSON.stringify(record)}\n`;
    }
  }
  await target.write(inPieces(lines()));
  return count;
}
