import type { RunBook } from '../runs/run-book.ts';
import type { Run } from '../schemas/run-schema.ts';
import type { EventStream } from './event-stream.ts';

const PROGRESS_MS = 400;

/**
 * Tells one client about one run: `state` for every change (those that it missed first), `progress` while the run goes on, `end` when it does not go
 * on any more. What a slow client is not told yet stays in the run's history, not in a buffer of its own.
 */
export class RunEvents {
  readonly #book: RunBook;
  readonly #runId: string;
  readonly #stream: EventStream;
  #lastChange: string | undefined;
  #lastState: string | undefined;
  #lastProgress = '';
  #isLooking = false;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;

  constructor(book: RunBook, runId: string, stream: EventStream, lastEventId: string | undefined) {
    this.#book = book;
    this.#runId = runId;
    this.#stream = stream;
    this.#lastChange = lastEventId;
  }

  /** Begins to tell, with how the run stands now. */
  start(): void {
    this.#stream.onDrain = () => this.#look();
    this.#unlisten = this.#book.listen((id) => {
      if (id === this.#runId) this.#look();
    });
    this.#timer = setInterval(() => this.#look(), PROGRESS_MS);
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    this.#stream.onDrain = () => undefined;
  }

  #look(): void {
    if (this.#isLooking) {
      this.#isStale = true;
      return;
    }
    if (this.#stream.isCongested) return;
    this.#isLooking = true;
    this.#book.get(this.#runId).then(
      (run) => this.#seen(run),
      // The run was deleted, or its ledger cannot be read any more.
      () => this.#end('gone'),
    );
  }

  #seen(run: Run): void {
    this.#isLooking = false;
    this.#tellChanges(run);
    const progress = JSON.stringify(run.progress);
    if (progress !== this.#lastProgress) this.#stream.send('progress', run.progress);
    this.#lastProgress = progress;
    if (run.owner === null) this.#end(run.state);
    else if (this.#isStale) {
      this.#isStale = false;
      this.#look();
    }
  }

  #tellChanges(run: Run): void {
    for (const { id, state, at } of this.#book.changesSince(this.#runId, this.#lastChange)) {
      this.#lastChange = id;
      this.#lastState = state;
      this.#stream.send('state', { state, at }, id);
    }
    // A run that another process carries on, or that rested all the time, has no history here.
    if (run.state === this.#lastState) return;
    this.#lastState = run.state;
    this.#stream.send('state', { state: run.state, at: new Date().toISOString() });
  }

  #end(state: string): void {
    this.stop();
    this.#stream.send('end', { state });
    this.#stream.end();
  }
}
