import { createHash } from 'node:crypto';
import { ServiceError } from '../errors/service-error.ts';

interface Kept {
  readonly digest: string;
  readonly runId: Promise<string>;
}

/** Remembers what was submitted under which key, as long as the run lives (draft-ietf-httpapi-idempotency-key-header). */
export class Idempotency {
  readonly #kept = new Map<string, Kept>();

  /** What a run's recipe says of an earlier process. */
  restore(key: string, digest: string, runId: string): void {
    this.#kept.set(key, { digest, runId: Promise.resolve(runId) });
  }

  /**
   * Submits what was not submitted yet, and answers the run's id. A second submission waits for the first.
   *
   * @throws ServiceError `SLUICE_SERVICE_IDEMPOTENCY` when something else was submitted under the key.
   */
  async once(
    key: string,
    digest: string,
    submit: () => Promise<string>,
  ): Promise<{ readonly runId: string; readonly isReplay: boolean }> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      if (kept.digest === digest) return { runId: await kept.runId, isReplay: true };
      throw new ServiceError(
        'SLUICE_SERVICE_IDEMPOTENCY',
        'another run was submitted with this Idempotency-Key: use a new key for a new run',
      );
    }
    const runId = submit();
    this.#kept.set(key, { digest, runId });
    try {
      return { runId: await runId, isReplay: false };
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}

/** A digest of a submission; submissions have at most 1 MiB. */
export function digestOf(submission: unknown): string {
  return createHash('sha256').update(JSON.stringify(submission)).digest('base64url');
}
