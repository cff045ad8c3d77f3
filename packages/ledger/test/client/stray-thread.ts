/** A thread for tests of ThreadLink: gets ready, answers `echo`, and ends by itself on `exit` or with an error on `throw`. */
import { type MessagePort, parentPort } from 'node:worker_threads';

const port = parentPort as MessagePort;
port.postMessage({ kind: 'ready', value: 'here' });
port.on('message', ({ id, call, request }: { id: number; call: string; request: unknown }) => {
  if (call === 'exit') process.exit(3);
  if (call === 'throw') throw new Error('planted');
  if (call === 'echo') port.postMessage({ kind: 'reply', id, value: request });
});
