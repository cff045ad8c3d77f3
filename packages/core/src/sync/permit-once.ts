import { UsageError } from '../errors/usage-error.ts';
import type { Permit } from './limiter.ts';

/** A permit that gives back what it stands for once. */
export class PermitOnce implements Permit {
  #giveBack: (() => void) | undefined;

  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  release(): void {
    if (this.#giveBack === undefined) throw new UsageError('this permit was given back already');
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    const giveBack = this.#giveBack;
    this.#giveBack = undefined;
    giveBack?.();
  }
}
