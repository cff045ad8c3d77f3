// The rows through bulkWrite, once, into an empty table `bulk`: prints one JSON line.
// node benchmarks/databases/bulk-write.ts URL ROWS
import { bulkWrite, connect } from '@sluice/databases';
import { benchmarkRows } from './rows.ts';

const [url, count] = [process.argv[2]!, Number(process.argv[3])];
const cpuBefore = process.cpuUsage();
const begunAt = performance.now();
{
  await using db = await connect(url, { pool: 1 });
  const { written } = await bulkWrite(db, 'bulk', benchmarkRows(count));
  if (written !== count) throw new Error(`only ${written} of ${count} rows were written`);
}
const seconds = (performance.now() - begunAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
