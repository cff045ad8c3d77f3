/** When a {@link Breaker} opens and for how long. */
export interface BreakerOptions {
  /** Opens at so many failures in a row. Default 10. */
  readonly inARow?: number;
  /** Opens when this share of the last {@link BreakerOptions.of} failed. Default 0.5. */
  readonly share?: number;
  /** Default 20. */
  readonly of?: number;
  /** How long it stays open before one probe. Default 30 s. */
  readonly openMs?: number;
}

/** `closed` lets through, `open` nothing, `half-open` one probe. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * A circuit breaker (Michael Nygard, "Release It!", chapter 5): a host that only fails is left alone, and asked by a single request whether it is
 * back. Pure: it is told the time and what happened.
 */
export class Breaker {
  readonly #inARow: number;
  readonly #share: number;
  readonly #openMs: number;
  /** The last outcomes, in a ring: 1 is a failure. */
  readonly #recent: Uint8Array;
  #recorded = 0;
  #failures = 0;
  #row = 0;
  #openedAt = 0;
  #state: BreakerState = 'closed';
  #isProbing = false;
  #failedProbes = 0;

  constructor(options: BreakerOptions = {}) {
    this.#inARow = options.inARow ?? 10;
    this.#share = options.share ?? 0.5;
    this.#openMs = options.openMs ?? 30_000;
    this.#recent = new Uint8Array(options.of ?? 20);
  }

  state(nowMs: number): BreakerState {
    if (this.#state === 'open' && nowMs >= this.#openedAt + this.#openMs) this.#state = 'half-open';
    return this.#state;
  }

  /** How many probes in a row found it as it was. */
  get failedProbes(): number {
    return this.#failedProbes;
  }

  /** When something may pass; Infinity while the probe is under way. */
  readyAt(nowMs: number): number {
    if (this.#state === 'closed') return nowMs;
    if (this.state(nowMs) === 'open') return this.#openedAt + this.#openMs;
    return this.#isProbing ? Number.POSITIVE_INFINITY : nowMs;
  }

  /** Something passes; true when it is the probe. */
  begin(nowMs: number): boolean {
    if (this.#state === 'closed' || this.state(nowMs) !== 'half-open') return false;
    this.#isProbing = true;
    return true;
  }

  /** What it had opened for was no failure of the host: a probe may go at once. */
  forgive(): void {
    if (this.#state === 'open') this.#state = 'half-open';
  }

  /** The probe was taken back: another one may go. */
  giveBack(): void {
    this.#isProbing = false;
  }

  /** An answer that does not speak against the host. While it is open only the probe's answer counts: what was begun before is old news. */
  success(isProbe: boolean): void {
    if (this.#state !== 'closed' && !isProbe) return;
    if (isProbe) this.#reset();
    this.#row = 0;
    this.#record(0);
  }

  /** A failure that speaks against the host. */
  failure(nowMs: number, isProbe: boolean): void {
    if (this.#state === 'closed') {
      this.#row++;
      this.#record(1);
      const size = this.#recent.length;
      if (this.#row >= this.#inARow || (this.#recorded >= size && this.#failures >= this.#share * size))
        this.#open(nowMs);
    } else if (isProbe) {
      this.#failedProbes++;
      this.#open(nowMs);
    }
  }

  #open(nowMs: number): void {
    this.#state = 'open';
    this.#openedAt = nowMs;
    this.#isProbing = false;
  }

  #reset(): void {
    this.#state = 'closed';
    this.#isProbing = false;
    this.#failedProbes = 0;
    this.#recent.fill(0);
    this.#recorded = 0;
    this.#failures = 0;
  }

  #record(failed: 0 | 1): void {
    const at = this.#recorded % this.#recent.length;
    this.#failures += failed - this.#recent[at]!;
    this.#recent[at] = failed;
    this.#recorded++;
  }
}
