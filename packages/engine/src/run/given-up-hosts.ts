import { EngineError } from '../errors.ts';
import type { GateScheduler } from '../gate/gate-scheduler.ts';
import { classifyError } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';

/** Hosts that have failed for so long that what waits for them fails at once, until it is time to ask whether they are back. */
export class GivenUpHosts {
  readonly #scheduler: Pick<GateScheduler<never>, 'gate'>;
  readonly #hosts = new Set<string>();

  constructor(scheduler: Pick<GateScheduler<never>, 'gate'>) {
    this.#scheduler = scheduler;
  }

  /** Something of the host went well. */
  forgive(host: string): void {
    if (this.#hosts.size > 0) this.#hosts.delete(host);
  }

  /** Something of the host failed: true when it is given up now. */
  judge(host: string): boolean {
    if (host === '' || this.#scheduler.gate(host)?.givenUp(performance.now()) === undefined) return false;
    this.#hosts.add(host);
    return true;
  }

  /** The outcome of an item that is not tried; undefined when it has to be. */
  outcomeOf(host: string): Outcome | undefined {
    if (!this.#hosts.has(host)) return undefined;
    const outcomeClass = this.#scheduler.gate(host)?.givenUp(performance.now());
    if (outcomeClass === undefined) return undefined;
    const error = new EngineError(
      'SLUICE_HOST_DOWN',
      `${host} has failed for so long that this item was not tried: retry it when the host is back`,
    );
    return { ...classifyError(error, undefined), class: outcomeClass, isRetryable: false };
  }
}
