/**
 * A child process for kill -9 tests: reads items 1 to N from where the ledger says, announces every tenth, retries every seventh once, lets
 * every fifth emit a child, and prints each position that is durably settled. Arguments: ledger, N.
 */
import { openLedger, type RecordedItem, type SourceItem } from '@sluice/ledger';
import { again, done, items, NEW_RUN } from '../contract/samples.ts';

const [path, count] = process.argv.slice(2) as [string, string];
const total = Number(count);
const ledger = await openLedger(path, { create: NEW_RUN });
await ledger.transition({ from: 'leased', to: 'pending' });
process.stdout.write('ready\n');

const acknowledged: number[] = [];

async function work(of: SourceItem | RecordedItem): Promise<void> {
  const id = 'id' in of ? of.id : of.position;
  const attempts = 'id' in of ? of.attempts : 0;
  if (id % 10 === 0) {
    await ledger.intent({
      id,
      key: of.key,
      host: of.host,
      input: of.input,
      attempt: attempts + 1,
      spent: null,
      method: 'POST',
      url: of.key,
    });
  }
  const emits = id > 0 && id % 5 === 0 ? [{ key: `child-of-${id}`, host: of.host, input: null }] : [];
  ledger.settle(id % 7 === 0 && attempts === 0 ? again(of, 0) : done(of, { emits }));
  acknowledged.push(id);
}

async function acknowledge(): Promise<void> {
  const settled = acknowledged.splice(0);
  await ledger.flush();
  process.stdout.write(`${settled.join(' ')}\n`);
}

async function workDue(): Promise<number> {
  const { items: due } = await ledger.takeDue(100, Date.now());
  await Promise.all(due.map(work));
  await acknowledge();
  return due.length;
}

for (let position = Number(ledger.run.cursor ?? 0); position < total; position += 50) {
  const to = Math.min(position + 50, total);
  const batch = items(position + 1, to);
  const verdicts = await ledger.admit({ from: String(position), to: String(to), last: to === total, items: batch });
  await Promise.all(batch.filter((_, index) => verdicts[index] === 'fresh').map(work));
  if (position % 200 === 0) await workDue();
}
while ((await workDue()) > 0);
await ledger.close();
process.stdout.write('complete\n');
