/** `node large-run.ts LIST LEDGER STORE`: the verb fetch on a file of URLs, as the command line runs it; a line of JSON a second, and one for its first attempt. */
import { setTimeout as delay } from 'node:timers/promises';
import { fetchJob, from } from '@sluice/engine';

const [list = '', ledger = '', store = ''] = process.argv.slice(2);
const job = fetchJob({
  source: from.lines(list),
  concurrency: 100,
  perHost: 100,
  store: store === 'none' ? 'none' : 'body',
});
const handle = await job.start({ ledger });
let isOver = false;
const finished = handle.finished.finally(() => {
  isOver = true;
});
while (!isOver && handle.progress().attempts === 0) await delay(5);
console.log(JSON.stringify({ first: true, at: Date.now() }));
while (!isOver) {
  console.log(JSON.stringify(sample()));
  await Promise.race([delay(1000), finished]);
}
await finished;
console.log(JSON.stringify(sample()));

function sample(): object {
  const { settled, done } = handle.progress();
  return { at: Date.now(), settled, done, rssMiB: process.memoryUsage.rss() / 2 ** 20 };
}
