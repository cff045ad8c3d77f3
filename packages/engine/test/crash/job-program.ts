/**
 * A child process for kill -9 tests: runs a job over a list of numbers to its end. Every tenth item of the list emits a child.
 * Arguments: ledger, list, base URL, method, in-doubt policy.
 */
import { defineJob, from, type InDoubtPolicy } from '@sluice/engine';

const [ledger, list, base, method, inDoubt] = process.argv.slice(2) as [string, string, string, string, InDoubtPolicy];

const job = defineJob({
  source: from.lines(list),
  idempotent: method === 'GET',
  concurrency: 16,
  perHost: 16,
  definition: { method },
  retry: { initial: '20ms', max: '50ms' },
  step: async (name, { http, emit, position }) => {
    const reply = await http.request(method, `${base}/${name}`);
    if (position !== null && position % 10 === 0) emit(`child-of-${name}`);
    return reply.status;
  },
});

const run = await job.start({ ledger, inDoubt });
process.stdout.write('running\n');
const report = await run.finished;
process.stdout.write(`${report.state}\n`);
