import { UsageError } from '@sluice/core';
import { SpendCap } from '../gate/spend-cap.ts';
import { UsageEstimate } from '../gate/usage-estimate.ts';
import type { PauseReason } from './progress.ts';

/** The first item of a run is taken to cost so much of the cap. */
const FIRST_SHARE = 1 / 64;
/** So many that cost nothing say that it may well be so; until then, or until one has cost something, they go one by one. */
const CAUTIOUS_ITEMS = 8;

/** What a run may cost: an item begins only when what it will cost, as far as one can tell, still fits. */
export class Spending {
  readonly #most: number;
  readonly #cap: SpendCap;
  readonly #estimate: UsageEstimate;
  /** What was reserved for each item under way, first in, first out: costs are estimates until they are known, so it does not matter for which. */
  readonly #reserved: number[] = [];
  #tried = 0;
  #hasCost = false;

  /** @throws UsageError for a cap that cannot be */
  constructor(most: number) {
    if (!(most > 0)) throw new UsageError(`maxSpend must be more than 0, not ${String(most)}`);
    this.#most = most;
    this.#cap = new SpendCap(most);
    this.#estimate = new UsageEstimate(most * FIRST_SHARE);
  }

  /** Whether one more item may begin. */
  get allowsOne(): boolean {
    const isKnown = this.#hasCost || this.#tried >= CAUTIOUS_ITEMS;
    return (isKnown || this.#reserved.length === 0) && this.#cap.allows(this.#next);
  }

  /** Whether that will not change by itself. */
  get isExhausted(): boolean {
    return this.#cap.isExhausted(this.#next);
  }

  get reason(): PauseReason {
    return {
      code: 'spend',
      message: `${this.#cap.spent.toPrecision(4)} of the ${this.#most} that maxSpend allows is spent, and the next item may cost ${this.#next.toPrecision(2)}`,
    };
  }

  begin(): void {
    const cost = this.#next;
    this.#reserved.push(cost);
    this.#cap.begin(cost);
  }

  /** An item has ended; `wasTried` is false for one whose step never began. */
  end(cost: number, wasTried: boolean): void {
    this.#cap.end(this.#reserved.shift()!, cost);
    if (wasTried) this.#tried++;
    if (cost === 0) return;
    this.#hasCost = true;
    this.#estimate.add(cost);
  }

  get #next(): number {
    return this.#estimate.of(this.#reserved.length);
  }
}
