import type { JobOptions } from '../job/job.ts';
import type { PauseReason } from './progress.ts';

/** So many answers of 401 in a row of one host, and none of another kind: the credentials are wrong, not the items. */
const UNAUTHORIZED_IN_A_ROW = 20;
/** Nothing has answered for so long: somebody has to look. */
const LONGEST_OUTAGE_MS = 120_000;
/** As many hosts are watched: a run with credentials speaks to few. */
const MAX_HOSTS = 1000;

/** Tells a cluster of failures that comes from outside, and would take every item, from failures of items. */
export class TroubleWatch {
  readonly #sendsCredentials: boolean;
  readonly #unauthorized = new Map<string, number>();

  constructor(job: Pick<JobOptions<never, unknown>, 'http'>) {
    const { bearer, auth, headers = {} } = job.http ?? {};
    this.#sendsCredentials =
      bearer !== undefined || auth !== undefined || Object.keys(headers).some((name) => CREDENTIALS.test(name));
  }

  /** Something of the host went well. */
  ok(host: string): void {
    if (this.#unauthorized.size > 0) this.#unauthorized.delete(host);
  }

  /**
   * An item failed: with the status of its reply, if one came; `outageSince` (on the clock of `performance.now()`) when nothing answers. Gives why
   * the run has to pause, if it has to.
   */
  failed(host: string, status: number | undefined, outageSince: number | undefined): PauseReason | undefined {
    if (outageSince !== undefined && performance.now() - outageSince > LONGEST_OUTAGE_MS)
      return {
        code: 'outage',
        message:
          'nothing has answered for two minutes, whichever host was asked: look at the network of this machine, then go on',
      };
    if (!this.#sendsCredentials) return undefined;
    if (status !== 401) {
      if (status !== undefined) this.ok(host);
      return undefined;
    }
    const count = (this.#unauthorized.get(host) ?? 0) + 1;
    if (count === 1 && this.#unauthorized.size >= MAX_HOSTS) return undefined;
    this.#unauthorized.set(host, count);
    if (count < UNAUTHORIZED_IN_A_ROW) return undefined;
    return {
      code: 'unauthorized',
      message: `${host} has answered 401 to ${count} requests in a row: look at the credentials, go on with right ones, and retry what failed (class client)`,
    };
  }
}

/** Names of headers that say who asks. */
const CREDENTIALS: RegExp = /^(?:authorization|proxy-authorization|cookie|x-api-key|api-key|x-auth-token)$/i;
