import { describeThrown } from '../errors/described-error.ts';
import type { Claims } from '../pool/claims.ts';
import { CALL_FIELDS, type CallMessage, REFUSED, RETURNED, THREW } from '../protocol.ts';
import { loadedFunction, loadFunction, type WorkerFunction } from './load-export.ts';
import { ReplyBatch, type SendReply } from './reply-batch.ts';

/** A call shorter than this is quick; replies are never held longer than this for the sake of a batch, unless a quick function turns out slow. */
const QUICK_MS = 0.25;

type Context = Readonly<Record<string, unknown>> | undefined;

/** The worker's side: runs calls one after the other, in the order in which they come. */
export class CallServer {
  readonly #claims: Claims | undefined;
  readonly #replies: ReplyBatch;
  #pending: CallMessage[] = [];
  #isWorking = false;
  #heldSince = 0;

  constructor(send: SendReply, claims: Claims | undefined) {
    this.#claims = claims;
    this.#replies = new ReplyBatch(send);
  }

  receive(message: CallMessage): void {
    this.#pending.push(message);
    if (!this.#isWorking) void this.#work();
  }

  /** Sends the results that are held: the worker ends. */
  flush(): void {
    this.#replies.flush();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let message = this.#pending.shift(); message !== undefined; message = this.#pending.shift()) {
      for (let at = 0; at < message.length; at += CALL_FIELDS) {
        const slot = message[at] as number;
        if (this.#claims?.claim(slot, message[at + 1] as number) === false) continue;
        const pause = this.#serve(
          slot,
          message[at + 2] as string,
          message[at + 3] as string,
          message[at + 4] as unknown[],
          message[at + 5] as Context,
        );
        if (pause !== undefined) await pause;
        this.#claims?.finish(slot);
      }
    }
    this.#replies.flush();
    this.#isWorking = false;
  }

  /** Runs one call; gives a promise only when there is something to wait for. */
  #serve(
    slot: number,
    module: string,
    exportName: string,
    args: readonly unknown[],
    context: Context,
  ): Promise<void> | undefined {
    const loaded = loadedFunction(module, exportName);
    if (loaded !== undefined) return this.#invoke(slot, loaded, args, context);
    this.#replies.flush();
    return loadFunction(module, exportName).then((found) => {
      if ('why' in found) return this.#replies.add(slot, REFUSED, found);
      return this.#invoke(slot, found, args, context);
    });
  }

  #invoke(slot: number, found: WorkerFunction, args: readonly unknown[], context: Context): Promise<void> | undefined {
    const begin = performance.now();
    // Results must not wait behind a call that may be long, nor go down with it.
    if (!found.isQuick || begin - this.#heldSince > QUICK_MS) this.#replies.flush();
    if (this.#replies.isEmpty) this.#heldSince = begin;
    const ended = (kind: number, detail: unknown): void => {
      found.isQuick = performance.now() - begin < QUICK_MS;
      this.#replies.add(slot, kind, detail);
    };
    // Called as what it is, a function without a `this`.
    const { invoke } = found;
    try {
      const result = context === undefined ? invoke(...args) : invokeIn(context, () => invoke(...args));
      if (!isThenable(result)) return void ended(RETURNED, result);
      this.#replies.flush();
      return Promise.resolve(result).then(
        (value) => ended(RETURNED, value),
        (error) => ended(THREW, describeThrown(error)),
      );
    } catch (error) {
      ended(THREW, describeThrown(error));
      return undefined;
    }
  }
}

/** Only who has context variables to carry needs the core here. */
async function invokeIn(context: NonNullable<Context>, call: () => unknown): Promise<unknown> {
  const { ContextVar } = await import('@sluice/core');
  return ContextVar.runWithPortable(context, call);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}
