import type { RunBook } from '../runs/run-book.ts';
import type { EventStream } from './event-stream.ts';

const PROGRESS_MS = 500;

/** Tells one client about all runs that this process carries on: `run` whenever one was changed or got further, `removed` when one was deleted. */
export class AllEvents {
  readonly #book: RunBook;
  readonly #stream: EventStream;
  /** Runs that were changed since the client was told of them; as many as there are runs at most. */
  readonly #changed = new Set<string>();
  #isTelling = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;

  constructor(book: RunBook, stream: EventStream) {
    this.#book = book;
    this.#stream = stream;
  }

  start(): void {
    this.#stream.onDrain = () => void this.#tell();
    this.#unlisten = this.#book.listen((id) => {
      this.#changed.add(id);
      void this.#tell();
    });
    this.#timer = setInterval(() => this.#tick(), PROGRESS_MS);
    this.#stream.send('hello', {});
    this.#tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    this.#stream.onDrain = () => undefined;
  }

  #tick(): void {
    for (const id of this.#book.liveIds()) this.#changed.add(id);
    void this.#tell();
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const id of this.#changed) {
      if (this.#stream.isCongested) break;
      this.#changed.delete(id);
      const run = await this.#book.get(id).catch(() => undefined);
      if (run === undefined) this.#stream.send('removed', { id });
      else this.#stream.send('run', run);
    }
    this.#isTelling = false;
  }
}
