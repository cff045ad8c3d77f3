import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toLedgerError } from '../file/sqlite-error.ts';
import { reportError } from '../wire/error-report.ts';
import type { ReaderCalls, ReaderSetup, RequestMessage, RowPage, ThreadMessage } from '../wire/messages.ts';
import { ReaderSession } from './reader-session.ts';

/** Entry of the thread that reads one ledger. */
const port = parentPort as MessagePort;
const { path } = workerData as ReaderSetup;

try {
  const session = new ReaderSession(path);
  post({ kind: 'ready', value: null });
  port.on('message', (message: RequestMessage) => receive(session, message));
} catch (error) {
  post({ kind: 'failed', error: reportError(toLedgerError(error, path)) });
  port.close();
}

/** A statement that fails fails alone: the thread serves the others. */
function receive(session: ReaderSession, { id, call, request }: RequestMessage): void {
  try {
    const value = perform(session, call as keyof ReaderCalls, request);
    post({ kind: 'reply', id, value }, call === 'next' ? blobs(value as RowPage) : []);
  } catch (error) {
    post({ kind: 'refused', id, error: reportError(toLedgerError(error, path)) });
  }
}

function perform(session: ReaderSession, call: keyof ReaderCalls, request: unknown): unknown {
  switch (call) {
    case 'start':
      return session.start(request as ReaderCalls['start']['request']);
    case 'next':
      return session.next(request as ReaderCalls['next']['request']);
    case 'stop':
      return session.stop(request as ReaderCalls['stop']['request']);
    case 'close':
      session.close();
      // What is posted before the port closes still arrives: the answer is on its way first.
      setImmediate(() => port.close());
      return null;
  }
}

/** SQLite's blobs have memory of their own each: they are handed over, not copied. */
function blobs(page: RowPage): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const row of page.rows) {
    for (const value of row) {
      if (value instanceof Uint8Array && value.byteLength > 0) buffers.push(value.buffer as ArrayBuffer);
    }
  }
  return buffers;
}

function post(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
