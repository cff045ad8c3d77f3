/**
 * A program that logs and ends. Arguments: destination, number of lines, how it ends, bytes that each line carries besides.
 * At the very end its statistics are printed on standard output (standard error, where the log goes to standard output).
 */
import { writeSync } from 'node:fs';
import { createLogger } from '@sluice/telemetry';

const [destination = 'stderr', lines = '1', ending = 'end', padding = '0'] = process.argv.slice(2);
const log = createLogger({ destination, flushTimeout: process.env.FLUSH_TIMEOUT === 'short' ? '2s' : '20s' });
process.on('exit', () => {
  writeSync(destination === 'stdout' ? 2 : 1, `${JSON.stringify(log.statistics())}\n`);
});
const more = 'x'.repeat(Number(padding));
for (let n = 0; n < Number(lines); n++) log.info('line', { n, more });

switch (ending) {
  case 'end':
    break;
  case 'exit':
    process.exit(0);
    break;
  case 'throw':
    throw new Error('thrown at the end');
  case 'reject':
    void Promise.reject(new Error('rejected at the end'));
    break;
  case 'close':
    await log.close();
    break;
  case 'slowly':
    // Gives the destination time to be found broken while lines still come.
    for (let round = 0; round < 20; round++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.info('later', { n: Number(lines) + round, more });
    }
    break;
  case 'busy':
    for (;;) Math.sqrt(2);
  default:
    throw new Error(`unknown ending '${ending}'`);
}
