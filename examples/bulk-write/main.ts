/**
 * Loads a JSONL file into a table, as fast as the database takes it. Bad rows are named on stderr and left out; memory stays the same however long the file is.
 *
 *   node examples/bulk-write/main.ts rows.jsonl env:DATABASE_URL people
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { run } from '@sluice/core';
import { bulkWrite, connect } from '@sluice/databases';

const [file = 'rows.jsonl', url = 'env:DATABASE_URL', table = 'people'] = process.argv.slice(2);

async function* rows(): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as Record<string, unknown>;
  }
}

await run(async () => {
  await using db = await connect(url);
  const { written, bad } = await bulkWrite(db, table, rows(), {
    onConflict: 'update',
    onBadRow: ({ index, error }) => console.error(`row ${index}: ${error.message}`),
  });
  console.log(`${written} rows written, ${bad} refused`);
});
