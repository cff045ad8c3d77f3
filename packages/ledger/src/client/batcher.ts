import type { Intent, Settlement } from '../contract.ts';
import { writeIntent, writeRelease, writeSettlement } from '../wire/entries.ts';
import type { WriterCalls } from '../wire/messages.ts';
import { isReusable, type TapeBuffers, TapeWriter } from '../wire/tape.ts';
import type { ThreadLink } from './thread-link.ts';

/** A batch leaves after this time, this number of entries or this many bytes, whichever comes first. */
const MAX_WAIT_MS = 50;
const MAX_ENTRIES = 500;
const MAX_BYTES = 4 * 1_048_576;

/** With this many batches under way the writer does not keep up; settling may go on when half of them are committed. */
const MAX_UNDERWAY = 8;
const RESUME_UNDERWAY = MAX_UNDERWAY / 2;

/** Slabs kept for the next batches. */
const MAX_SPARE = MAX_UNDERWAY;

/**
 * Collects settlements, intents and releases into batches and sends them to the writer thread. Collecting copies into a slab and allocates
 * next to nothing; the slab is transferred, written, given back and used again.
 */
export class Batcher {
  readonly #link: ThreadLink<WriterCalls>;
  readonly #spare: TapeBuffers[] = [];
  #tape: TapeWriter | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** Made when somebody waits for the open batch: most batches have nobody who does. */
  #open: PromiseWithResolvers<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #underway = 0;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(link: ThreadLink<WriterCalls>) {
    this.#link = link;
    link.onFailure((error) => {
      this.#stopTimers();
      this.#open?.reject(error);
      this.#drained?.reject(error);
    });
  }

  settle(settlement: Settlement): void {
    writeSettlement(this.#writer(), settlement);
    this.#sendWhenFull();
  }

  release(id: number): void {
    writeRelease(this.#writer(), id);
    this.#sendWhenFull();
  }

  /** Resolves when the intent is durable. All intents of one turn of the event loop leave together, at its end. */
  intent(intent: Intent): Promise<void> {
    writeIntent(this.#writer(), intent, Date.now());
    this.#soon ??= setImmediate(() => this.send());
    if (this.#open === undefined) {
      this.#open = Promise.withResolvers();
      this.#open.promise.catch(() => undefined);
    }
    return this.#open.promise;
  }

  /** Sends the open batch now. Resolves when it and all before it are durable. */
  send(): Promise<void> {
    const tape = this.#tape;
    if (tape === undefined) return this.#last;
    this.#stopTimers();
    this.#tape = undefined;
    const open = this.#open;
    this.#open = undefined;
    const sealed = tape.seal();
    this.#underway++;
    const written = this.#link
      .call('batch', sealed, [sealed.numbers, sealed.bytes])
      .then((buffers) => this.#written(buffers));
    this.#last = written;
    if (open === undefined) written.catch(() => undefined);
    else written.then(open.resolve, open.reject);
    return written;
  }

  /** Undefined while the writer keeps up; else a promise of when it has caught up. */
  drained(): Promise<void> | undefined {
    if (this.#underway < MAX_UNDERWAY) return undefined;
    if (this.#drained === undefined) {
      this.#drained = Promise.withResolvers();
      this.#drained.promise.catch(() => undefined);
      if (this.#link.failure !== undefined) this.#drained.reject(this.#link.failure);
    }
    return this.#drained.promise;
  }

  #writer(): TapeWriter {
    if (this.#tape === undefined) {
      this.#tape = new TapeWriter(this.#spare.pop());
      this.#timer = setTimeout(() => this.send(), MAX_WAIT_MS);
    }
    return this.#tape;
  }

  #sendWhenFull(): void {
    const tape = this.#tape as TapeWriter;
    if (tape.entries >= MAX_ENTRIES || tape.size >= MAX_BYTES) void this.send();
  }

  #written(buffers: TapeBuffers): void {
    this.#underway--;
    if (this.#spare.length < MAX_SPARE && isReusable(buffers)) this.#spare.push(buffers);
    if (this.#underway > RESUME_UNDERWAY) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #stopTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
  }
}
