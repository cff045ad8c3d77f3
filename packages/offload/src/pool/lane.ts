import type { Transferable } from 'node:worker_threads';
import { type CallMessage, REPLY_FIELDS, RETURNED, type ReplyMessage } from '../protocol.ts';
import type { Remote, RemoteListener, WorkerEnd } from '../remote/remote.ts';
import type { Call } from './call.ts';
import type { ClaimState } from './claims.ts';

/** Numbers of calls fit the 32-bit slots of `Claims` with their sign. */
const MAX_NUMBER = 2 ** 31 - 1;

/** What a lane tells its pool. */
export interface LaneListener {
  /** Slots became free. */
  freed(): void;
  /** A call ended, but did not return. */
  failed(lane: Lane, call: Call, kind: number, detail: unknown): void;
  /** The call cannot be copied to the worker. */
  unsendable(lane: Lane, call: Call, error: unknown): void;
  gone(lane: Lane, end: WorkerEnd): void;
}

/** A worker with the calls that it was sent. */
export class Lane {
  readonly name: string;
  readonly remote: Remote;
  /** It takes no more calls. */
  isEnding = false;
  /** A reply came from it: it can work at all. */
  hasReplied = false;
  load = 0;
  readonly #listener: LaneListener;
  readonly #slots: (Call | undefined)[];
  readonly #freeSlots: number[];
  #outbox: Call[] = [];
  #number = 0;

  constructor(name: string, start: (listener: RemoteListener) => Remote, listener: LaneListener) {
    this.name = name;
    this.#listener = listener;
    this.remote = start({
      replied: (message) => this.#replied(message),
      gone: (end) => listener.gone(this, end),
    });
    this.#slots = Array.from({ length: this.remote.capacity });
    this.#freeSlots = Array.from(this.#slots.keys());
  }

  /** The calls that it holds, the oldest first. */
  get calls(): Call[] {
    return this.#slots.filter((call) => call !== undefined).sort((a, b) => a.number - b.number);
  }

  /**
   * Whether a call may be put here. One that hands memory over only goes to a worker with nothing to do: once it is sent it cannot be taken back.
   */
  isOpenTo(call: Call): boolean {
    return !this.isEnding && this.load < (call.transferables === undefined ? this.remote.capacity : 1);
  }

  /** Takes the call; `flush` sends it. */
  put(call: Call): void {
    call.lane = this;
    call.slot = this.#freeSlots.pop()!;
    this.#number = (this.#number % MAX_NUMBER) + 1;
    call.number = this.#number;
    this.#slots[call.slot] = call;
    this.load++;
    this.remote.claims?.offer(call.slot, call.number);
    this.#outbox.push(call);
  }

  /** Sends what was put since the last time, as one message. */
  flush(): void {
    if (this.#outbox.length === 0) return;
    const calls = this.#outbox;
    this.#outbox = [];
    try {
      this.#post(calls);
    } catch {
      for (const call of calls) this.#postAlone(call);
    }
  }

  /** Takes back a call that the worker has not begun; false when it has. */
  revoke(call: Call): boolean {
    if (this.remote.claims?.revoke(call.slot, call.number) !== true) return false;
    this.#free(call);
    return true;
  }

  stateOf(call: Call): ClaimState {
    return this.remote.claims?.state(call.slot) ?? 'running';
  }

  /** Ends the worker in the middle of what it does; the pool hears `gone`. */
  end(): void {
    this.isEnding = true;
    this.remote.keepAlive(true);
    this.remote.end();
  }

  #postAlone(call: Call): void {
    try {
      this.#post([call]);
    } catch (error) {
      this.#free(call);
      this.#listener.unsendable(this, call, error);
    }
  }

  #post(calls: readonly Call[]): void {
    const message: CallMessage = [];
    const transferables: Transferable[] = [];
    for (const call of calls) {
      message.push(call.slot, call.number, call.module, call.exportName, call.args, call.context);
      if (call.transferables !== undefined) transferables.push(...call.transferables);
    }
    this.remote.post(message, transferables);
  }

  #replied(message: ReplyMessage): void {
    this.hasReplied = true;
    for (let at = 0; at < message.length; at += REPLY_FIELDS) {
      const call = this.#slots[message[at] as number];
      // The caller of a doomed call waits for the worker's end, not for its answer.
      if (call === undefined || (this.isEnding && call.isDropped)) continue;
      this.#free(call);
      if (message[at + 1] === RETURNED) call.succeed(message[at + 2]);
      else this.#listener.failed(this, call, message[at + 1] as number, message[at + 2]);
    }
    this.#listener.freed();
  }

  #free(call: Call): void {
    call.lane = undefined;
    this.#slots[call.slot] = undefined;
    this.#freeSlots.push(call.slot);
    this.load--;
  }
}
