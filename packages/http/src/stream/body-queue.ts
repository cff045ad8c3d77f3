import type { BodyTap, TappedHead, TapSource } from './body-tap.ts';

/** How much of a body is kept for its reader before the server has to wait. */
const HIGH_WATER_BYTES = 256 * 1024;

/** The body of a response on its way to its reader: holds the server back while there is enough, lets it go on when there is not. */
export class BodyQueue implements BodyTap {
  readonly head: Promise<TappedHead>;
  #onHead!: (head: TappedHead) => void;
  #onNoHead!: (error: unknown) => void;
  #source: TapSource | undefined;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isHeld = false;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.#onHead = resolve;
      this.#onNoHead = reject;
    });
    // Who reads is told by the chunks as well.
    this.head.catch(() => {});
  }

  onHead(head: TappedHead): void {
    this.#source = head.source;
    this.#onHead(head);
  }

  onChunk(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= HIGH_WATER_BYTES && !this.#isHeld) {
      this.#isHeld = true;
      this.#source?.hold();
    }
    this.#wake();
  }

  /** The body is whole. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** What was not read yet is dropped: a body that failed is not read on as if it would become whole. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#chunks = [];
    this.#onNoHead(error);
    this.#wake();
  }

  /** The pieces as they come, to be read once. Leaving them early ends the exchange. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bytes -= chunk.length;
        if (this.#isHeld && this.#bytes < HIGH_WATER_BYTES / 2) {
          this.#isHeld = false;
          this.#source?.release();
        }
        yield chunk;
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
