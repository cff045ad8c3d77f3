/** How a connection is asked for a sign of life. */
export interface Heart {
  /** Sends a PING (RFC 9113 6.7). `onAnswer` is called when its answer comes. */
  ping(onAnswer: () => void): void;
  /** Neither an answer nor anything else came. */
  onDead(): void;
}

/**
 * Finds connections that are dead without a word, as behind a router that forgot them: when nothing came for a beat while something was
 * expected it asks, and when nothing came for another beat the connection is given up. Otherwise each request would wait for its own deadline.
 */
export class Heartbeat {
  readonly #heart: Heart;
  readonly #beatMs: number;
  #timer: NodeJS.Timeout | undefined;
  #hasHeard = true;
  #isAsking = false;

  constructor(beatMs: number, heart: Heart) {
    this.#beatMs = beatMs;
    this.#heart = heart;
  }

  /** Something is expected from now on. */
  start(): void {
    this.#hasHeard = true;
    this.#isAsking = false;
    this.#timer ??= setInterval(() => this.#beat(), this.#beatMs).unref();
  }

  /** Nothing is expected any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Something came. */
  hear(): void {
    this.#hasHeard = true;
  }

  #beat(): void {
    if (this.#hasHeard) {
      this.#hasHeard = false;
      this.#isAsking = false;
    } else if (this.#isAsking) {
      this.stop();
      this.#heart.onDead();
    } else {
      this.#isAsking = true;
      this.#heart.ping(() => this.hear());
    }
  }
}
