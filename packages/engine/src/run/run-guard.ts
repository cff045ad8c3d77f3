import type { JobOptions } from '../job/job.ts';
import type { GateSettings } from './gate-settings.ts';
import type { PauseReason } from './progress.ts';
import { Spending } from './spending.ts';
import { TroubleWatch } from './trouble-watch.ts';

/** Says when going on makes no sense: failures that come from outside, too many of them, nothing left to spend. */
export class RunGuard {
  readonly #settings: GateSettings;
  readonly #trouble: TroubleWatch;
  readonly #spending: Spending | undefined;
  #failed = 0;

  /** @throws UsageError for a cap that cannot be */
  constructor(job: Pick<JobOptions<never, unknown>, 'http' | 'maxSpend'>, settings: GateSettings) {
    this.#settings = settings;
    this.#trouble = new TroubleWatch(job);
    this.#spending = job.maxSpend === undefined ? undefined : new Spending(job.maxSpend);
  }

  /** Whether what one more item may cost still fits: `later` while something under way may make room. */
  allowsOne(): 'yes' | 'later' | PauseReason {
    const spending = this.#spending;
    if (spending === undefined || spending.allowsOne) return 'yes';
    return spending.isExhausted ? spending.reason : 'later';
  }

  begin(): void {
    this.#spending?.begin();
  }

  /** An attempt has ended; `wasTried` is false for one whose step never began. */
  end(cost: number, wasTried: boolean): void {
    this.#spending?.end(cost, wasTried);
  }

  /** Something of the host went well. */
  ok(host: string): void {
    this.#trouble.ok(host);
  }

  /** An item has failed for good. */
  countFailed(): void {
    this.#failed++;
  }

  /** An attempt did not go well: why the run has to pause, if it has to. See {@link TroubleWatch.failed}. */
  failed(host: string, status: number | undefined, outageSince: number | undefined): PauseReason | undefined {
    return this.#trouble.failed(host, status, outageSince) ?? this.#tooManyErrors();
  }

  #tooManyErrors(): PauseReason | undefined {
    const { maxErrors } = this.#settings;
    if (this.#failed <= maxErrors) return undefined;
    return {
      code: 'errors',
      message: `${this.#failed} items have failed, more than the ${maxErrors} that maxErrors allows`,
    };
  }
}
