import { existsSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LedgerError } from '../errors.ts';
import { notFound } from '../file/identity.ts';
import { readOwnerPid } from '../file/open-readonly.ts';
import { ProcessLock } from '../file/process-lock.ts';
import { toLedgerError } from '../file/sqlite-error.ts';
import { reportError } from '../wire/error-report.ts';
import type { RequestMessage, ThreadMessage, WriterReady, WriterSetup } from '../wire/messages.ts';
import type { TapeBuffers } from '../wire/tape.ts';
import { GroupCommit } from './group-commit.ts';
import { WriterSession } from './writer-session.ts';

/** Entry of the thread that writes one ledger. */
const port = parentPort as MessagePort;
const setup = workerData as WriterSetup;

let lock: ProcessLock | undefined;

try {
  if (setup.create === null && !existsSync(setup.path)) throw notFound(setup.path);
  lock = ProcessLock.tryAcquire(setup.path);
  if (lock === undefined) throw busy();
  begin(new WriterSession(setup.path, setup));
} catch (error) {
  end({ kind: 'failed', error: reportError(toLedgerError(error, setup.path)) });
}

function begin(session: WriterSession): void {
  const commits = new GroupCommit(session, setup.path, setup.checkpointOnClose, {
    answer,
    stalled: (error) => post({ kind: 'stalled', error: reportError(error) }),
    resumed: () => post({ kind: 'resumed' }),
    failed: (error) => end({ kind: 'failed', error: reportError(error) }),
    closed: (id) => end({ kind: 'reply', id, value: null }),
  });
  const ready: WriterReady = { run: session.run, created: session.created };
  post({ kind: 'ready', value: ready });
  port.on('message', (message: RequestMessage) => commits.receive(message));
}

/** A batch's slab goes back with its answer. */
function answer(id: number, value: unknown): void {
  const buffers = value as Partial<TapeBuffers> | null;
  const isSlab = buffers?.numbers !== undefined && buffers.bytes !== undefined;
  post({ kind: 'reply', id, value }, isSlab ? [buffers.numbers as ArrayBuffer, buffers.bytes as ArrayBuffer] : []);
}

/** The last word of this thread. */
function end(message: ThreadMessage): void {
  lock?.release();
  post(message);
  port.close();
}

function busy(): LedgerError {
  const pid = readOwnerPid(setup.path);
  const holder = pid === null ? 'another process' : `process ${pid}`;
  const advice = pid === null ? 'wait until it ends' : `wait until it ends, or stop it (kill ${pid})`;
  return new LedgerError(
    `ledger ${setup.path} is being written by ${holder}: ${advice}, then run the same command again`,
    { code: 'SLUICE_LEDGER_BUSY' },
  );
}

function post(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
