/** An outage is given up after so many probes and so long, when none of them went to a host that had ever answered. */
const DOUBTFUL_PROBES = 3;
const DOUBTFUL_MS = 70_000;

/**
 * Tells an outage of our own side from hosts in trouble: when there were answers before, and now so many requests in a row got none, from several
 * hosts, it is not they. Nothing begins then but one probe at a time; the first answer ends it. Where nothing has ever answered nobody can tell: the
 * list may be one of dead hosts. That can be what is left of a list, too: when probes find only hosts that have never answered, the outage is taken
 * back after a minute or so, and there is none before something has answered again.
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
  /** Failed probes in a row to hosts that have never answered. */
  #doubts = 0;

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

  /** No answer came; `hasAnswered` tells whether the host ever gave one. True when that begins an outage. */
  unanswered(host: string, nowMs: number, isProbe: boolean, hasAnswered: boolean): boolean {
    if (this.#isOpen) {
      if (isProbe) this.#probed(nowMs, hasAnswered);
      return false;
    }
    this.#row++;
    if (this.#seen.size < this.#hosts) this.#seen.add(host);
    if (!this.#hasHeard || this.#row < this.#inARow || this.#seen.size < this.#hosts) return false;
    this.#isOpen = true;
    this.#openedAt = nowMs;
    this.#doubts = 0;
    this.#wait(nowMs);
    return true;
  }

  /** The probe was taken back. */
  giveBack(): void {
    this.#isProbing = false;
  }

  #probed(nowMs: number, hasAnswered: boolean): void {
    this.#doubts = hasAnswered ? 0 : this.#doubts + 1;
    if (this.#doubts < DOUBTFUL_PROBES || nowMs < this.#openedAt + DOUBTFUL_MS) {
      this.#wait(nowMs);
      return;
    }
    this.answered();
    this.#hasHeard = false;
  }

  #wait(nowMs: number): void {
    this.#isProbing = false;
    this.#probeAt = nowMs + this.#waitMs;
    this.#waitMs = Math.min(10_000, this.#waitMs * 2);
  }
}
