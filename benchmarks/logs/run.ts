// A run of the engine whose step logs its item: `none`, `sluice` (the step's own log), `pino` (its worker-thread transport) or `console`.
// It does nothing else, or gets a URL before.
// node benchmarks/logs/run.ts none|sluice|pino|console [items] [URL]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineJob, from, type StepContext } from '@sluice/engine';
import { measure } from '../support/measure.ts';
import { pinoThread } from './pino-thread.ts';

const [kind, items, url] = [process.argv[2]!, Number(process.argv[3] ?? 50_000), process.argv[4]];
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));

const outside = kind === 'pino' ? await pinoThread(join(folder, 'pino.log')) : undefined;

const STEPS: Record<string, (item: number, context: StepContext) => void> = {
  none: () => {},
  sluice: (item, { log }) => log.info('done', { status: 200, bytes: item }),
  pino: (item) => outside!.log.info({ item: String(item), status: 200, bytes: item }, 'done'),
  // As a line of JSON, so that all say the same.
  console: (item) =>
    console.error(
      JSON.stringify({
        level: 'info',
        time: Date.now(),
        item: String(item),
        status: 200,
        bytes: item,
        msg: 'done',
      }),
    ),
};
const step = STEPS[kind]!;

const job = defineJob({
  source: from.iterable(Array.from({ length: items }, (_, index) => index)),
  idempotent: true,
  concurrency: 100,
  perHost: 100,
  step: async (item: number, context: StepContext) => {
    if (url !== undefined) await context.http.get(url);
    step(item, context);
    return null;
  },
});

await measure(items, async () => {
  const report = await job.run({ ledger: join(folder, 'bench.run.db') });
  await outside?.close();
  return report.progress.done;
});
await rm(folder, { recursive: true });
