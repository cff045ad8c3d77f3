import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeadlineList } from '../deadline-list.ts';
import { HttpError } from '../errors.ts';
import type { EvidenceRecord } from '../evidence.ts';
import type { RawReply } from '../exchange.ts';
import type { Limits } from '../options.ts';
import type { RequestHeaders } from '../request-headers.ts';
import { type AttemptOutcome, type AttemptParts, AttemptRecord } from './attempt.ts';
import { isObserved, publishEnd, publishStart } from './attempt-channels.ts';
import type { AttemptHooks } from './attempt-hooks.ts';
import { type HookFate, HookRun } from './hook-run.ts';

/** What a watch has to know of its request. */
export interface WatchedRequest {
  readonly limits: Limits;
  readonly evidence: EvidenceRecord;
}

/** The watch over the attempts of one request; undefined when nobody is interested, which costs next to nothing. */
export function watchAttempts(
  hooks: AttemptHooks | undefined,
  deadlines: DeadlineList,
  request: WatchedRequest,
): AttemptWatch | undefined {
  return hooks !== undefined || isObserved() ? new AttemptWatch(hooks, deadlines, request) : undefined;
}

/** Shows the attempts of a request to hooks and channels, and holds the request back while a hook is under way. */
export class AttemptWatch {
  readonly #hooks: AttemptHooks | undefined;
  readonly #deadlines: DeadlineList;
  readonly #request: WatchedRequest;
  /** The caller's: hooks and listeners run in it. */
  readonly #inContext: ReturnType<typeof AsyncLocalStorage.snapshot> = AsyncLocalStorage.snapshot();
  #attempt: AttemptRecord | undefined;
  #run: HookRun<unknown> | undefined;
  #hasRepeated = false;

  constructor(hooks: AttemptHooks | undefined, deadlines: DeadlineList, request: WatchedRequest) {
    this.#hooks = hooks;
    this.#deadlines = deadlines;
    this.#request = request;
  }

  /** Calls `send` with the headers of the attempt, or `fail`, perhaps later. */
  begin(parts: AttemptParts, send: (headers: RequestHeaders) => void, fail: (error: unknown) => void): void {
    const attempt = new AttemptRecord(parts);
    const start = (): void => {
      this.#attempt = attempt;
      this.#inContext(publishStart, attempt);
      send(attempt.begin());
    };
    const before = this.#hooks?.beforeAttempt;
    if (before === undefined) start();
    else this.#call(() => before(attempt), this.#fate('beforeAttempt', start, fail));
  }

  /** A response came whole. Calls `go` with whether the request is to be sent once more, or `fail`, perhaps later. */
  reply({ status, headers }: RawReply, go: (again: boolean) => void, fail: (error: unknown) => void): void {
    const attempt = this.#end({ status, headers });
    const after = this.#hooks?.afterAttempt;
    if (after === undefined || attempt === undefined) {
      go(false);
      return;
    }
    const decide = (value: unknown): void => {
      const again = value === 'again' && !this.#hasRepeated;
      this.#hasRepeated ||= again;
      go(again);
    };
    this.#call(() => after(attempt), this.#fate('afterAttempt', decide, fail));
  }

  /** The attempt failed. Calls `go`, perhaps later. */
  failure(error: unknown, go: () => void): void {
    const attempt = this.#end({ error });
    const after = this.#hooks?.afterAttempt;
    if (after === undefined || attempt === undefined) {
      go();
      return;
    }
    const onThrow = (thrown: unknown): void => {
      process.emitWarning(`the hook afterAttempt threw after a failed attempt: ${messageOf(thrown)}`);
      go();
    };
    this.#call(() => after(attempt), { onDone: go, onThrow, onDue: go });
  }

  /** The request is over: a hook that is under way is not waited for. */
  cancel(): void {
    this.#run?.cancel();
  }

  #end(outcome: AttemptOutcome): AttemptRecord | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.end(outcome);
    if (attempt !== undefined) this.#inContext(publishEnd, attempt);
    return attempt;
  }

  #call(hook: () => unknown, fate: HookFate<unknown>): void {
    const { limits, evidence } = this.#request;
    const run = new HookRun<unknown>(this.#deadlines, evidence.begunAt + limits.timeoutMs, fate);
    this.#run = run;
    this.#inContext(() => run.start(hook));
  }

  #fate(name: keyof AttemptHooks, onDone: (value: unknown) => void, fail: (error: unknown) => void): HookFate<unknown> {
    const { limits, evidence } = this.#request;
    return {
      onDone,
      onThrow: (cause) =>
        fail(new HttpError('SLUICE_HTTP_HOOK', `the hook ${name} threw: ${messageOf(cause)}`, { cause, evidence })),
      onDue: () =>
        fail(
          new HttpError(
            'SLUICE_HTTP_TIMEOUT',
            `not done within ${limits.timeoutMs} ms: the hook ${name} was under way`,
            {
              evidence,
            },
          ),
        ),
    };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
