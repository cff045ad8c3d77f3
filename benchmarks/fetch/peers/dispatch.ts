/** The least that undici can do: `Pool.dispatch`, the body's chunks joined, a worker a connection. Nothing stored. */
import { Pool } from 'undici';
import { measure } from '../../support/measure.ts';
import { readTask } from '../urls.ts';

const { base, count, concurrency } = readTask();
const { origin, pathname } = new URL(base);
const pool = new Pool(origin, { connections: concurrency });

function call(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    pool.dispatch(
      { path, method: 'GET' },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => resolve(status === 200 && Buffer.concat(chunks).length > 0),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

await measure(count, async () => {
  let next = 0;
  let ok = 0;
  const worker = async (): Promise<void> => {
    while (next < count) if (await call(`${pathname}?n=${next++}`)) ok++;
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return ok;
});
await pool.close();
