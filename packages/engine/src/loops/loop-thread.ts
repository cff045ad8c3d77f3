import { AsyncLocalStorage } from 'node:async_hooks';
import { Worker } from 'node:worker_threads';
import type { RequestPass } from '../gate/gate-scheduler.ts';
import type { AttemptReport } from '../run/attempt-report.ts';
import type { ItemGate } from '../run/item-gate.ts';
import { type FromLoop, type LoopBatch, type LoopItem, type LoopSetup, OWN_REQUEST, type ToLoop } from './messages.ts';
import { unpackReport } from './report-pack.ts';

/** How an attempt in a loop ended: with a report, before its step began, or with its loop. */
export type LoopEnding =
  | { readonly kind: 'report'; readonly report: AttemptReport }
  | { readonly kind: 'never-began' }
  | {
      readonly kind: 'died';
      readonly why: string;
      /** Attempts that its loop had under way, this one included. */
      readonly together: number;
    };

/** Who has a loop. */
export interface LoopThreadOwner {
  /** Its thread has ended without having been asked to. */
  onGone(thread: LoopThread): void;
}

interface OpenCall<Input> {
  readonly gate: ItemGate<Input>;
  readonly end: (ending: LoopEnding) => void;
  /** Requests that are under way. */
  readonly passes: Map<number, RequestPass | undefined>;
  /** Requests that wait at a gate. */
  readonly waiting: Map<number, Waiting>;
}

interface Waiting {
  readonly message: Entering;
  readonly takeBack: () => void;
}

type Entering = Extract<FromLoop, { kind: 'enter' }>;

const NO_BYTES = new Uint8Array(0);

/** What a thread of a run is started in: it outlives the item that happened to need it, and must not keep its context. */
const outsideCaller: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();

/** One event loop in a thread of its own, seen from the main thread. */
export class LoopThread {
  readonly #worker: Worker;
  readonly #owner: LoopThreadOwner;
  readonly #calls = new Map<number, OpenCall<never>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #beat: Int32Array;
  /** Requests that waited when the loop was found to stand still: they ask again when it goes on. */
  #postponed: Entering[] = [];
  #outbox: ToLoop[] = [];
  #turn: NodeJS.Immediate | undefined;
  #lastCall = 0;
  #lastBeat = 0;
  #beatAt = performance.now();
  #why: string | undefined;
  #isClosing = false;
  #isReady = false;

  constructor(setup: Omit<LoopSetup, 'beat'>, name: string, owner: LoopThreadOwner) {
    this.#owner = owner;
    const beat = new SharedArrayBuffer(4);
    this.#beat = new Int32Array(beat);
    const isSource = import.meta.url.endsWith('.ts');
    this.#worker = outsideCaller(
      () =>
        new Worker(new URL(`./loop-entry.${isSource ? 'ts' : 'js'}`, import.meta.url), {
          name,
          workerData: { ...setup, beat } satisfies LoopSetup,
          ...(isSource ? { execArgv: ['--conditions=@sluice/source'] } : {}),
        }),
    );
    this.#worker.on('message', (batch: LoopBatch) => this.#receive(batch));
    this.#worker.on('error', (error) => {
      this.#why ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    this.#worker.on('messageerror', (error) => {
      this.#why ??= error.message;
      void this.#worker.terminate();
    });
    this.#worker.on('exit', (exitCode) => this.#onExit(exitCode));
    // Who waits for it hears of it.
    this.#ready.promise.catch(() => undefined);
  }

  /** Settles when it can make attempts. Rejects when it ended before: with an error that says why. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Attempts under way. */
  get load(): number {
    return this.#calls.size;
  }

  /** It got as far as making attempts. */
  get wasReady(): boolean {
    return this.#isReady;
  }

  /** Why it ended. */
  get why(): string {
    return this.#why ?? 'its thread ended';
  }

  /** How long it has not come back to its events, in milliseconds. */
  get stillMs(): number {
    const beat = Atomics.load(this.#beat, 0);
    const now = performance.now();
    if (beat !== this.#lastBeat || !this.#isReady) {
      this.#lastBeat = beat;
      this.#beatAt = now;
    }
    return now - this.#beatAt;
  }

  /** Begins an attempt. Its number is what {@link cancel} takes. */
  begin<Input>(item: LoopItem, gate: ItemGate<Input>, end: (ending: LoopEnding) => void): number {
    const call = ++this.#lastCall;
    const open: OpenCall<Input> = { gate, end, passes: new Map(), waiting: new Map() };
    this.#calls.set(call, open as unknown as OpenCall<never>);
    this.#post({ kind: 'begin', call, item });
    return call;
  }

  /** The attempt has to end; it says how. */
  cancel(call: number): void {
    this.#post({ kind: 'cancel', call });
  }

  /** Gives back what its requests hold of their gates: it stands still, so nobody will say for a while how they ended. */
  letGo(): void {
    for (const open of this.#calls.values()) {
      const own = open.gate.ownRequest();
      if (own !== undefined) open.gate.endUnanswered(own, { class: 'cancelled' }, true);
      handBack(open);
      open.passes.clear();
      // Admitted now, they would hold what others could use.
      for (const { message, takeBack } of open.waiting.values()) {
        takeBack();
        this.#postponed.push(message);
      }
      open.waiting.clear();
    }
  }

  /** Ends the thread now, for this reason. */
  kill(why: string): void {
    this.#why ??= why;
    void this.#worker.terminate();
  }

  /** Lets it close what it has open and end, at most for `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    this.#post({ kind: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), withinMs);
    await this.#exited.promise;
    clearTimeout(timer);
  }

  #post(message: ToLoop): void {
    this.#outbox.push(message);
    this.#turn ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#turn = undefined;
    const messages = this.#outbox;
    this.#outbox = [];
    try {
      this.#worker.postMessage(messages);
    } catch {
      // An iterable gave something that cannot be copied. A run that is gone on with has it as JSON anyway.
      this.#worker.postMessage(messages.map(asJson));
    }
  }

  #receive({ messages, bytes }: LoopBatch): void {
    for (const message of this.#postponed.splice(0)) this.#hear(message, () => NO_BYTES);
    let at = 0;
    const takeBytes = (length: number): Uint8Array => {
      const taken = bytes === undefined ? NO_BYTES : new Uint8Array(bytes, at, length);
      at += length;
      return taken;
    };
    for (const message of messages) {
      if (message.kind === 'ready') {
        this.#isReady = true;
        this.#ready.resolve();
      } else if (message.kind === 'refused') this.#why ??= message.message;
      else this.#hear(message, takeBytes);
    }
  }

  #hear(message: Exclude<FromLoop, { kind: 'ready' | 'refused' }>, takeBytes: (length: number) => Uint8Array): void {
    const open = this.#calls.get(message.call);
    if (open === undefined) return;
    if (message.kind === 'enter') this.#enter(open, message);
    else if (message.kind === 'withdraw') withdraw(open, message.request);
    else if (message.kind === 'used') open.gate.used(message.units, message.cost);
    else if (message.kind === 'ended') {
      this.#calls.delete(message.call);
      const { report } = message;
      open.end(
        report === undefined ? { kind: 'never-began' } : { kind: 'report', report: unpackReport(report, takeBytes) },
      );
    } else {
      const pass = passOf(open, message.request);
      if (pass === undefined) return;
      if (message.kind === 'unanswered') open.gate.endUnanswered(pass, message.result, message.wasSent);
      else {
        if (message.exhausted !== undefined) open.gate.exhausted(pass.host, message.exhausted);
        open.gate.endAnswered(pass, message.result);
      }
    }
  }

  #enter(open: OpenCall<never>, message: Entering): void {
    const { call, request, url } = message;
    const entering = open.gate.enterLater(url, (pass) => {
      open.waiting.delete(request);
      this.#admit(open, call, request, pass);
    });
    if (typeof entering === 'function') open.waiting.set(request, { message, takeBack: entering });
    else this.#admit(open, call, request, entering);
  }

  #admit(open: OpenCall<never>, call: number, request: number, pass: RequestPass | undefined): void {
    open.passes.set(request, pass);
    this.#post({ kind: 'admit', call, request, host: pass?.host });
  }

  #onExit(exitCode: number): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#why ??= `its thread ended with code ${exitCode}`;
    if (!this.#isReady) this.#ready.reject(new Error(this.#why));
    this.#exited.resolve();
    if (!this.#isClosing) this.#owner.onGone(this);
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const open of calls) {
      for (const { takeBack } of open.waiting.values()) takeBack();
      handBack(open);
      open.end({ kind: 'died', why: this.#why, together: calls.length });
    }
  }
}

function asJson(message: ToLoop): ToLoop {
  if (message.kind !== 'begin') return message;
  const { item } = message;
  return { ...message, item: { ...item, input: JSON.parse(JSON.stringify(item.input)) as unknown } };
}

/** The pass of a request that has ended. That of the first one to the item's own host is with the item until then. */
function passOf(open: OpenCall<never>, request: number): RequestPass | undefined {
  if (request === OWN_REQUEST) return open.gate.ownRequest();
  const pass = open.passes.get(request);
  open.passes.delete(request);
  return pass;
}

/** A request that waited is not wanted any more; it may have been admitted in the meantime. */
function withdraw(open: OpenCall<never>, request: number): void {
  open.waiting.get(request)?.takeBack();
  open.waiting.delete(request);
  const pass = open.passes.get(request);
  open.passes.delete(request);
  if (pass !== undefined) open.gate.endUnanswered(pass, { class: 'cancelled' }, false);
}

/** Nobody knows how the requests of a loop that died, or stands still, ended: nothing is concluded from them. */
function handBack(open: OpenCall<never>): void {
  for (const pass of open.passes.values()) {
    if (pass !== undefined) open.gate.endUnanswered(pass, { class: 'cancelled' }, true);
  }
}
