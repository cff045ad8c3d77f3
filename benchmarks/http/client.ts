/** `node client.ts KIND URL COUNT CONCURRENCY BYTES` (or `bun`): one contender, a fresh process; prints what it cost. */
import { measure } from '../support/measure.ts';
import { clients } from './clients.ts';
import { workers } from './workers.ts';

process.removeAllListeners('warning');
const [kind = '', url = '', ...numbers] = process.argv.slice(2);
const [count = 0, concurrency = 0, bytes = 0] = numbers.map(Number);
const { call, close } = await clients[kind]!({ url, concurrency, bytes });
// Connections are made and code is compiled before it counts.
await workers(Math.max(count / 5, 3 * concurrency), concurrency, call);
await measure(count, () => workers(count, concurrency, call));
await close?.();
process.exit();
