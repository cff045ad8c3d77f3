import { parentPort, workerData } from 'node:worker_threads';
import { Claims } from '../pool/claims.ts';
import type { CallMessage } from '../protocol.ts';
import { CallServer } from './call-server.ts';

const port = parentPort!;
const server = new CallServer(
  (message, transferables) => port.postMessage(message, transferables),
  new Claims(workerData as SharedArrayBuffer),
);
port.on('message', (message: CallMessage) => server.receive(message));
// Arguments that cannot be read here are somebody's: as an uncaught error they reach the caller.
port.on('messageerror', (error) => {
  throw error;
});
process.on('exit', () => server.flush());
