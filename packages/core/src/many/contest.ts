import { AllFailedError } from '../errors/all-failed-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { scopeHere } from '../scope/current.ts';
import { Event } from '../sync/event.ts';
import { throwFailure } from './gather.ts';
import { WholeGroup } from './whole-group.ts';

/** The group of entrants of which one wins: the first value ends the others, which are waited for. What they throw after that changes nothing. */
export class Contest<T> extends WholeGroup {
  readonly #errors: unknown[] = [];
  #winner: { readonly value: T } | undefined;
  #entered = 0;

  constructor(name: string) {
    super(scopeHere(), name);
  }

  /** Lets `begin` start the entrants and gives the winner's value. @throws the failure that decided, or AllFailedError. */
  async run(begin: () => void | Promise<void>): Promise<T> {
    const ending = await this.enter<void>(begin);
    throwFailure(this);
    if (ending.kind === 'error') throw ending.error;
    if (this.#winner === undefined) throw new AllFailedError(this.name, this.#errors);
    return this.#winner.value;
  }

  /** Starts an entrant whose failure decides as well as its value. */
  compete(body: () => T | PromiseLike<T>): void {
    this.spawn(async () => this.#won(await body()), this.#nameOf(body));
  }

  /** Starts an entrant whose failure is only noted. The answer is set when it fails. */
  attempt(body: () => T | PromiseLike<T>): Event {
    const failed = new Event();
    const name = this.#nameOf(body);
    const index = this.#entered - 1;
    this.spawn(async () => {
      const scope = scopeHere();
      try {
        this.#won(await body());
      } catch (error) {
        if (scope.cancelledFromOutside) throw error;
        this.#errors[index] = error;
        failed.set();
      }
    }, name);
    return failed;
  }

  override childFailed(error: unknown, taskName: string | null): void {
    if (this.#winner === undefined) super.childFailed(error, taskName);
  }

  #won(value: T): void {
    if (this.failures.length === 0) this.#winner ??= { value };
    this.cancel(`another one of ${this.name} was first`);
  }

  #nameOf(body: { readonly name: string }): string {
    const index = this.#entered++;
    return body.name === '' ? `${this.name}[${index}]` : body.name;
  }
}

/** @throws UsageError when there is nobody to win. */
export function checkEntrants(fns: readonly unknown[], caller: string): void {
  if (fns.length === 0) throw new UsageError(`${caller}() needs at least one function`);
  for (const [index, fn] of fns.entries()) {
    if (typeof fn === 'function') continue;
    const advice = 'write () => get(a) instead of get(a), so that it can be cancelled';
    throw new UsageError(`${caller}() takes functions, but item ${index} is none: ${advice}`);
  }
}
