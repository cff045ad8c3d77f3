import type { Begun, GateResult, SimulatedItem, Strategy } from '@sluice/engine/simulate';

interface UnderWay extends Begun<SimulatedItem> {
  readonly startedAt: number;
}

/** One line of items for all hosts, first in, first out, as libraries have that know of no hosts. */
export abstract class OneLine implements Strategy {
  protected readonly now: () => number;
  protected inFlight = 0;
  #items: SimulatedItem[] = [];
  #head = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(_host: string, item: SimulatedItem): void {
    this.#items.push(item);
  }

  take(): Begun<SimulatedItem> | undefined {
    const item = this.#items[this.#head];
    if (item === undefined || this.readyAt() > this.now()) return undefined;
    this.#head++;
    if (this.#head > 1000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    this.inFlight++;
    this.began();
    const underWay: UnderWay = { item, host: item.host, startedAt: this.now() };
    return underWay;
  }

  opensAt(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.readyAt();
  }

  end(begun: Begun<SimulatedItem>, result: GateResult): void {
    this.inFlight--;
    this.ended(result, (begun as UnderWay).startedAt);
  }

  /** When one more may begin; Infinity when one has to end first. */
  protected abstract readyAt(): number;

  protected began(): void {}

  protected ended(_result: GateResult, _startedAt: number): void {}
}
