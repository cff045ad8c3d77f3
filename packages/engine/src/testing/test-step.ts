import { Session, type SessionOptions } from '@sluice/http';
import type { Logger } from '@sluice/telemetry';
import type { Job } from '../job/job.ts';
import type { OutcomeClass } from '../outcome/classes.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import { runStep } from '../step/run-step.ts';
import { StepTools } from '../step/step-tools.ts';

export interface TestStepOptions {
  /** Options of the session that the step's `http` uses: a `transport` of your own answers without a network. */
  readonly http?: SessionOptions;
  /** Where the step's `log` writes. Default: nowhere. */
  readonly log?: Logger;
  /** Number of the attempt. Default 1. */
  readonly attempt?: number;
  /** Default: the input, when it is text. */
  readonly key?: string;
}

/** What one call of a step gave. */
export interface StepTrial {
  readonly class: OutcomeClass;
  readonly code: string | null;
  readonly message: string | null;
  /** What the step returned, as it would be kept; undefined for a reply. */
  readonly value: unknown;
  /** Status of the reply that decided, if one did. */
  readonly status: number | null;
  readonly emits: readonly { readonly key: string; readonly input: unknown }[];
  /** Requests put on the wire. */
  readonly requests: number;
}

/**
 * Calls a job's step once on `input`, as a run would, without a ledger and without retries: for the job's own tests.
 *
 * @example
 * const trial = await testStep(job, 'https://example.org/', { http: { transport: new MockTransport(() => ({ status: 500 })) } });
 * assert.equal(trial.class, 'server');
 */
export async function testStep<Input, Output>(
  job: Job<Input, Output>,
  input: Input,
  options: TestStepOptions = {},
): Promise<StepTrial> {
  const session = new Session({ ...job.options.http, ...options.http });
  await using tools = new StepTools({ session, database: job.options.database, log: options.log ?? SILENT });
  const facts = new AttemptFacts();
  const key = options.key ?? (typeof input === 'string' ? input : '1');
  const item = { id: 1, key, input, attempts: (options.attempt ?? 1) - 1 };
  const outcome = await runStep(job.options, item, tools, facts);
  return {
    class: outcome.class,
    code: outcome.code,
    message: outcome.message,
    value: outcome.value === undefined ? undefined : (JSON.parse(outcome.value) as unknown),
    status: outcome.reply?.status ?? null,
    emits: facts.emits.map(({ key: emitKey, input: text }) => ({
      key: emitKey,
      input: text === null ? emitKey : (JSON.parse(text) as unknown),
    })),
    requests: facts.requests,
  };
}

const nothing = (): void => {};

const SILENT: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => SILENT,
  isEnabled: () => false,
};
