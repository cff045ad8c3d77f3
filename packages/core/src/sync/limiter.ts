/** The right to do one thing, until it is given back. `using permit = await semaphore.acquire()` gives it back at the end of the block. */
export interface Permit extends Disposable {
  /**
   * Gives the permit back.
   *
   * @throws UsageError the second time.
   */
  release(): void;
}

/** What bounds a flow: a `Semaphore`, a rate limiter, an adaptive limit (the shape of TC39's Governor proposal). */
export interface Limiter {
  acquire(): Promise<Permit>;
  /** A permit if one is free right now and nobody waits for it. */
  tryAcquire(): Permit | undefined;
}
