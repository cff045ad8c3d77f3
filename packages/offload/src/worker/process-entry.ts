import { Worker } from 'node:worker_threads';
import { describeThrown } from '../errors/described-error.ts';
import { type CallMessage, CRASHED, type ReplyMessage } from '../protocol.ts';
import { CallServer } from './call-server.ts';
import { endOwnGroup } from './end-own-group.ts';

const send = (message: ReplyMessage, sent?: () => void): void => {
  process.send!(message, undefined, undefined, () => sent?.());
};
const server = new CallServer((message) => send(message), undefined);
process.on('message', (message) => server.receive(message as CallMessage));
// An unhandled rejection comes here too. The error is the caller's to see, so it is sent and not printed.
process.on('uncaughtException', (error) => send([CRASHED, describeThrown(error)], () => process.exit(1)));
// The program that this process works for is gone: so is the work.
process.on('disconnect', endOwnGroup);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
new Worker(new URL(`./orphan-watch.${extension}`, import.meta.url), { name: 'orphan-watch', execArgv: [] }).unref();
