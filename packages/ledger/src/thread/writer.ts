import { existsSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LedgerError } from '../errors.ts';
import { notFound } from '../file/identity.ts';
import { readOwnerPid } from '../file/open-readonly.ts';
import { ProcessLock } from '../file/process-lock.ts';
import { toLedgerError } from '../file/sqlite-error.ts';
import { reportError } from '../wire/error-report.ts';
import type { RequestMessage, ThreadMessage, WriterCalls, WriterReady, WriterSetup } from '../wire/messages.ts';
import type { TapeBuffers } from '../wire/tape.ts';
import { WriterSession } from './writer-session.ts';

/** Entry of the thread that writes one ledger. */
const port = parentPort as MessagePort;
const setup = workerData as WriterSetup;

let lock: ProcessLock | undefined;
let session: WriterSession | undefined;
/** Answers that wait for the COMMIT which covers them. */
let answers: { readonly id: number; readonly value: unknown }[] = [];

try {
  if (setup.create === null && !existsSync(setup.path)) throw notFound(setup.path);
  lock = ProcessLock.tryAcquire(setup.path);
  if (lock === undefined) throw busy();
  session = new WriterSession(setup.path, setup);
  const ready: WriterReady = { run: session.run, created: session.created };
  post({ kind: 'ready', value: ready });
  port.on('message', (message: RequestMessage) => receive(message));
} catch (error) {
  fail(error);
}

/**
 * One turn of this loop takes every message that is there, then commits once: under load the groups grow by themselves. An answer leaves
 * after its COMMIT, never before.
 */
function receive({ id, call, request }: RequestMessage): void {
  if (session === undefined) return;
  try {
    if (call === 'close') {
      close(session, id);
      return;
    }
    const value = perform(session, call as Exclude<keyof WriterCalls, 'close'>, request);
    if (answers.push({ id, value }) === 1) setImmediate(commit);
  } catch (error) {
    fail(error);
  }
}

function perform(writer: WriterSession, call: Exclude<keyof WriterCalls, 'close'>, request: unknown): unknown {
  switch (call) {
    case 'batch':
      return writer.batch(request as WriterCalls['batch']['request']);
    case 'admit':
      return writer.admit(request as WriterCalls['admit']['request']);
    case 'takeDue':
      return writer.takeDue(request as WriterCalls['takeDue']['request']);
    case 'transition':
      return writer.transition(request as WriterCalls['transition']['request']);
    case 'updateRun':
      return writer.updateRun(request as WriterCalls['updateRun']['request']);
    case 'counts':
      return writer.counts();
  }
}

function commit(): void {
  if (session === undefined || answers.length === 0) return;
  try {
    session.commit();
    answer();
  } catch (error) {
    fail(error);
  }
}

function answer(): void {
  const committed = answers;
  answers = [];
  for (const { id, value } of committed) {
    const buffers = value as Partial<TapeBuffers> | null;
    const transfer =
      buffers?.numbers === undefined || buffers.bytes === undefined ? [] : [buffers.numbers, buffers.bytes];
    port.postMessage({ kind: 'reply', id, value } satisfies ThreadMessage, transfer);
  }
}

function close(writer: WriterSession, id: number): void {
  writer.close(setup.checkpointOnClose);
  session = undefined;
  answer();
  lock?.release();
  post({ kind: 'reply', id, value: null });
  port.close();
}

/** Gives everything up: what was not committed is rolled back, and the thread ends. */
function fail(error: unknown): void {
  const failure = toLedgerError(error, setup.path);
  session?.abandon();
  session = undefined;
  lock?.release();
  post({ kind: 'failed', error: reportError(failure) });
  port.close();
}

function busy(): LedgerError {
  const pid = readOwnerPid(setup.path);
  const holder = pid === null ? 'another process' : `process ${pid}`;
  const advice = pid === null ? 'wait until it ends' : `wait until it ends, or stop it (kill ${pid})`;
  return new LedgerError(
    `ledger ${setup.path} is being written by ${holder}: ${advice}, then run the same command again`,
    {
      code: 'SLUICE_LEDGER_BUSY',
    },
  );
}

function post(message: ThreadMessage): void {
  port.postMessage(message);
}
