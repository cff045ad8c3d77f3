// Lines with three fields into a file, a turn of the loop for every 100, until the last is there: `sluice`, `pino` (its thread), `pino-sync` or `console`.
// node benchmarks/logs/lines.ts sluice|pino|pino-sync|console [lines]
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '@sluice/telemetry';
import { destination, pino } from 'pino';
import { measure } from '../support/measure.ts';
import { pinoThread } from './pino-thread.ts';

const [kind = 'sluice', count = '200000'] = process.argv.slice(2);
const lines = Number(count);
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const file = join(folder, 'lines.log');

interface Sink {
  readonly line: (index: number) => void;
  /** Resolves when every line is written. */
  readonly end: () => Promise<unknown>;
}

const SINKS: Record<string, () => Promise<Sink>> = {
  sluice: async () => {
    const log = createLogger({ destination: file, format: 'json' });
    return { line: (index) => log.info('done', { item: index, status: 200, bytes: index }), end: () => log.close() };
  },
  pino: async () => {
    const { log, close } = await pinoThread(file);
    return { line: (index) => log.info({ item: index, status: 200, bytes: index }, 'done'), end: close };
  },
  'pino-sync': async () => {
    const log = pino(destination({ dest: file, sync: true }));
    return {
      line: (index) => log.info({ item: index, status: 200, bytes: index }, 'done'),
      end: () => Promise.resolve(),
    };
  },
  // Standard error is a file here, as in `node app.js 2>app.log`.
  console: async () => ({
    line: (index) =>
      console.error(
        JSON.stringify({ level: 'info', time: Date.now(), item: index, status: 200, bytes: index, msg: 'done' }),
      ),
    end: () => Promise.resolve(),
  }),
};

const { line, end } = await SINKS[kind]!();
await measure(lines, async () => {
  for (let index = 0; index < lines; index++) {
    line(index);
    if (index % 100 === 99) await turn();
  }
  await end();
  if (kind === 'console') return lines;
  return (await readFile(file, 'utf8')).split('\n').length - 1;
});
await rm(folder, { recursive: true });
