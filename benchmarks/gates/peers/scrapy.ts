import type { Begun, GateResult, MakeStrategy, SimulatedItem, Strategy } from '@sluice/engine/simulate';

const START_DELAY_MS = 5000;
const MAX_DELAY_MS = 60_000;
const TARGET_CONCURRENCY = 1;
const PER_HOST = 8;
const IN_ALL = 16;

interface Slot {
  readonly items: SimulatedItem[];
  inFlight: number;
  delayMs: number;
  nextAt: number;
}

interface UnderWay extends Begun<SimulatedItem> {
  readonly startedAt: number;
}

/**
 * The rule of Scrapy's AutoThrottle with its documented defaults: each host begins with a delay of 5 s between requests; after each answer the delay
 * becomes the mean of itself and latency over the target concurrency (1), but not less than the latter, and not less than before after an answer other
 * than 200. 8 a host and 16 in all at once; delays are varied between a half and one and a half.
 */
export const scrapy: MakeStrategy = ({ now, random }) => new Scrapy(now, random);

class Scrapy implements Strategy {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #slots = new Map<string, Slot>();
  #inFlight = 0;
  size = 0;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  push(host: string, item: SimulatedItem): void {
    let slot = this.#slots.get(host);
    if (slot === undefined) {
      slot = { items: [], inFlight: 0, delayMs: START_DELAY_MS, nextAt: 0 };
      this.#slots.set(host, slot);
    }
    slot.items.push(item);
    this.size++;
  }

  take(): Begun<SimulatedItem> | undefined {
    if (this.#inFlight >= IN_ALL) return undefined;
    const now = this.#now();
    for (const [host, slot] of this.#slots) {
      if (slot.items.length === 0 || slot.inFlight >= PER_HOST || slot.nextAt > now) continue;
      slot.inFlight++;
      this.#inFlight++;
      this.size--;
      slot.nextAt = now + slot.delayMs * (0.5 + this.#random());
      // The next one that looks begins behind this host.
      this.#slots.delete(host);
      this.#slots.set(host, slot);
      const underWay: UnderWay = { item: slot.items.shift()!, host, startedAt: now };
      return underWay;
    }
    return undefined;
  }

  opensAt(): number {
    if (this.#inFlight >= IN_ALL) return Number.POSITIVE_INFINITY;
    let opensAt = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.values())
      if (slot.items.length > 0 && slot.inFlight < PER_HOST) opensAt = Math.min(opensAt, slot.nextAt);
    return opensAt;
  }

  end(begun: Begun<SimulatedItem>, result: GateResult): void {
    const slot = this.#slots.get(begun.host)!;
    slot.inFlight--;
    this.#inFlight--;
    if (result.class === 'connect' || result.class === 'timeout' || result.class === 'in-doubt') return;
    const target = (this.#now() - (begun as UnderWay).startedAt) / TARGET_CONCURRENCY;
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(target, (slot.delayMs + target) / 2));
    if (result.class === 'ok' || delayMs > slot.delayMs) slot.delayMs = delayMs;
  }
}
