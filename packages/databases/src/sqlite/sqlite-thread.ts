import { parentPort, workerData } from 'node:worker_threads';
import type { Reply, Request, ThreadSettings } from './messages.ts';
import { ThreadDatabase, toFailure } from './thread-database.ts';

/** The entry of the SQLite thread: one request, one reply. The first reply says whether the file could be opened. */
const port = parentPort!;

function reply(answer: Reply): void {
  port.postMessage(answer);
}

try {
  const database = new ThreadDatabase(workerData as ThreadSettings);
  port.on('message', ({ name, body }: Request) => {
    try {
      const call = database[name] as (body: Request['body']) => unknown;
      const answer = call.call(database, body);
      reply({ answer, hasOpenTransaction: database.hasOpenTransaction });
    } catch (error) {
      reply({ failure: toFailure(error), hasOpenTransaction: database.hasOpenTransaction });
    }
    if (name === 'close') port.close();
  });
  reply({ answer: null, hasOpenTransaction: false });
} catch (error) {
  reply({ failure: toFailure(error), hasOpenTransaction: false });
  port.close();
}
