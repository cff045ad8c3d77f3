import type { ResourceLimits, Transferable } from 'node:worker_threads';
import type { Claims } from '../pool/claims.ts';
import type { CallMessage, ReplyMessage } from '../protocol.ts';

/** How a worker ended. */
export interface WorkerEnd {
  /** The error that nobody caught in it, or that kept it from starting; undefined when there was none. */
  readonly error: unknown;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What a worker reports. Nothing comes after `gone`, which comes once. */
export interface RemoteListener {
  replied(message: ReplyMessage): void;
  gone(end: WorkerEnd): void;
}

/** A worker as its pool sees it: a thread or a process. */
export interface Remote {
  /** How many calls it may be sent at once; it runs them one after the other. */
  readonly capacity: number;
  /** Says which of the sent calls it has begun; undefined where no memory is shared: there a sent call counts as begun. */
  readonly claims: Claims | undefined;
  /** @throws when a call cannot be copied; then nothing was sent. */
  post(message: CallMessage, transferables: readonly Transferable[]): void;
  /** Ends it in the middle of whatever it does; `gone` follows. */
  end(): void;
  /** Whether it keeps the program from ending. At first it does. */
  keepAlive(on: boolean): void;
}

export interface RemoteOptions {
  readonly name: string;
  readonly execArgv: readonly string[];
  readonly resourceLimits: ResourceLimits | undefined;
}
