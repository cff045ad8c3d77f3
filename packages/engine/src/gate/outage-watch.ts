/**
 * Tells an outage of our own side from hosts in trouble: when there were answers before, and now so many requests in a row got none, from several
 * hosts, it is not they. Nothing begins then but one probe at a time; the first answer ends it. Where nothing has ever answered nobody can tell: the
 * list may be one of dead hosts.
 */
export class OutageWatch {
  readonly #inARow: number;
  readonly #hosts: number;
  #row = 0;
  readonly #seen = new Set<string>();
  #isOpen = false;
  #openedAt = 0;
  #hasHeard = false;
  #probeAt = 0;
  #waitMs = 1000;
  #isProbing = false;

  /** Opens after `inARow` requests without an answer, from `hosts` hosts. */
  constructor(inARow = 20, hosts = 3) {
    this.#inARow = inARow;
    this.#hosts = hosts;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** When it began; undefined while there is none. */
  get openedAt(): number | undefined {
    return this.#isOpen ? this.#openedAt : undefined;
  }

  readyAt(nowMs: number): number {
    if (!this.#isOpen) return nowMs;
    return this.#isProbing ? Number.POSITIVE_INFINITY : Math.max(nowMs, this.#probeAt);
  }

  /** Something begins; true when it is the probe. */
  begin(): boolean {
    if (!this.#isOpen) return false;
    this.#isProbing = true;
    return true;
  }

  /** Some host answered, whatever it said: true when that ends an outage. */
  answered(): boolean {
    const wasOpen = this.#isOpen;
    this.#hasHeard = true;
    this.#row = 0;
    if (this.#seen.size > 0) this.#seen.clear();
    this.#isOpen = false;
    this.#isProbing = false;
    this.#waitMs = 1000;
    return wasOpen;
  }

  /** No answer came. */
  unanswered(host: string, nowMs: number, isProbe: boolean): void {
    if (this.#isOpen) {
      if (isProbe) this.#wait(nowMs);
      return;
    }
    this.#row++;
    if (this.#seen.size < this.#hosts) this.#seen.add(host);
    if (!this.#hasHeard || this.#row < this.#inARow || this.#seen.size < this.#hosts) return;
    this.#isOpen = true;
    this.#openedAt = nowMs;
    this.#wait(nowMs);
  }

  /** The probe was taken back. */
  giveBack(): void {
    this.#isProbing = false;
  }

  #wait(nowMs: number): void {
    this.#isProbing = false;
    this.#probeAt = nowMs + this.#waitMs;
    this.#waitMs = Math.min(10_000, this.#waitMs * 2);
  }
}
