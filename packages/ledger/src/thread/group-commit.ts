import { failpoint } from '#failpoint';
import type { LedgerError } from '../errors.ts';
import { isPassing, toLedgerError, toStall } from '../file/sqlite-error.ts';
import type { RequestMessage, WriterCalls } from '../wire/messages.ts';
import type { WriterSession } from './writer-session.ts';

/** How long after a refused commit it is tried again. */
const RETRY_MS = 1000;

/** What becomes of the requests. */
export interface CommitListener {
  /** A request's commit is durable. */
  answer(id: number, value: unknown): void;
  /** The disk, or another program, refuses: everything waits, and is tried again every second. Said at every new reason. */
  stalled(error: LedgerError): void;
  /** What was refused is committed now. */
  resumed(): void;
  /** Nothing more will be written. What was not committed is rolled back. */
  failed(error: LedgerError): void;
  /** Everything is written and the file closed. */
  closed(id: number): void;
}

/**
 * Takes requests and commits them in groups: every request that is there in one turn of the loop is in one transaction, so that under load the
 * groups grow by themselves. An answer leaves after its COMMIT, never before. A commit that is refused for a reason that may pass (no space left,
 * a folder that became read-only, a foreign lock, a failing disk) is rolled back whole and made again from its requests, which are kept.
 */
export class GroupCommit {
  readonly #session: WriterSession;
  readonly #path: string;
  readonly #checkpointOnClose: boolean;
  readonly #listener: CommitListener;
  /** In the order in which they came; without an answer yet. */
  #requests: RequestMessage[] = [];
  #isScheduled = false;
  #retry: NodeJS.Timeout | undefined;
  #stall: LedgerError | undefined;
  #isPatient = true;
  #closing: number | undefined;
  #isOver = false;

  constructor(session: WriterSession, path: string, checkpointOnClose: boolean, listener: CommitListener) {
    this.#session = session;
    this.#path = path;
    this.#checkpointOnClose = checkpointOnClose;
    this.#listener = listener;
  }

  receive(request: RequestMessage): void {
    if (this.#isOver) return;
    const call = request.call as keyof WriterCalls;
    if (call === 'failWhenStalled') this.#endPatience(request);
    else if (call === 'close') {
      this.#closing = request.id;
      this.#isPatient = false;
      this.#commit();
    } else {
      this.#requests.push(request);
      failpoint('received');
      if (this.#stall === undefined) this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#stall === undefined) this.#commit();
    });
  }

  /** What stalls from now on is a failure; what stalls already has one more try. */
  #endPatience({ id }: RequestMessage): void {
    this.#isPatient = false;
    if (this.#stall !== undefined) this.#commit();
    if (!this.#isOver) this.#listener.answer(id, null);
  }

  #commit(): void {
    if (this.#isOver) return;
    clearTimeout(this.#retry);
    let answers: unknown[];
    failpoint('begin');
    try {
      answers = this.#requests.map((request) => perform(this.#session, request));
      this.#session.commit();
    } catch (error) {
      if (this.#isPatient && isPassing(error)) this.#wait(error);
      else this.#fail(error);
      return;
    }
    const committed = this.#requests;
    this.#requests = [];
    if (this.#stall !== undefined) {
      this.#stall = undefined;
      this.#listener.resumed();
    }
    for (const [index, { id }] of committed.entries()) this.#listener.answer(id, answers[index]);
    failpoint('answered');
    if (this.#closing !== undefined) this.#close(this.#closing);
  }

  #wait(error: unknown): void {
    try {
      this.#session.rollback();
    } catch (rollback) {
      this.#fail(rollback);
      return;
    }
    const stall = toStall(error, this.#path);
    if (stall.message !== this.#stall?.message) this.#listener.stalled(stall);
    this.#stall = stall;
    this.#retry = setTimeout(() => this.#commit(), RETRY_MS);
  }

  #close(id: number): void {
    try {
      this.#session.close(this.#checkpointOnClose);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#isOver = true;
    this.#listener.closed(id);
  }

  #fail(error: unknown): void {
    this.#isOver = true;
    this.#session.abandon();
    this.#listener.failed(toLedgerError(error, this.#path));
  }
}

function perform(session: WriterSession, { call, request }: RequestMessage): unknown {
  switch (call as Exclude<keyof WriterCalls, 'close' | 'failWhenStalled'>) {
    case 'batch':
      return session.batch(request as WriterCalls['batch']['request']);
    case 'admit':
      return session.admit(request as WriterCalls['admit']['request']);
    case 'takeDue':
      return session.takeDue(request as WriterCalls['takeDue']['request']);
    case 'transition':
      return session.transition(request as WriterCalls['transition']['request']);
    case 'updateRun':
      return session.updateRun(request as WriterCalls['updateRun']['request']);
    case 'counts':
      return session.counts();
  }
}
