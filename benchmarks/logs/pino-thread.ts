import { once } from 'node:events';
import { type Logger, pino } from 'pino';

/** pino over its own worker-thread transport, as its documentation recommends it. */
export async function pinoThread(destination: string): Promise<{ readonly log: Logger; close(): Promise<void> }> {
  const transport = pino.transport({ target: 'pino/file', options: { destination } });
  await once(transport, 'ready');
  return {
    log: pino(transport),
    async close() {
      // Its thread does not keep the process.
      const alive = setInterval(() => {}, 1000);
      transport.end();
      await once(transport, 'close');
      clearInterval(alive);
    },
  };
}
