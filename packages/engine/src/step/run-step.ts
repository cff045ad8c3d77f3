import { currentScope, isCancelled, timeout } from '@sluice/core';
import type { Session } from '@sluice/http';
import { EngineError } from '../errors.ts';
import type { JobOptions } from '../job/job.ts';
import { classifyError, classifyValue } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { AttemptFacts } from './attempt-facts.ts';
import type { EmittedItem, StepContext } from './step-context.ts';
import { StepSession } from './step-session.ts';

/** The item that a step works on, as its context shows it. */
export interface StepItem<Input> {
  readonly id: number;
  readonly key: string;
  readonly input: Input;
  readonly attempts: number;
}

/**
 * Calls a job's step once, under the attempt's deadline, and judges how it ended.
 *
 * @throws CancelledError when the attempt is cut. Everything else is an outcome.
 */
export async function runStep<Input, Output>(
  options: JobOptions<Input, Output>,
  item: StepItem<Input>,
  session: Session,
  facts: AttemptFacts,
): Promise<Outcome> {
  try {
    const value = await timeout(options.timeout ?? '120s', () =>
      options.step(item.input, contextOf(options, item, session, facts)),
    );
    return classifyValue(value, facts.last);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return classifyError(error, facts.last);
  } finally {
    facts.close();
  }
}

function contextOf<Input, Output>(
  options: JobOptions<Input, Output>,
  item: StepItem<Input>,
  session: Session,
  facts: AttemptFacts,
): StepContext {
  return {
    http: new StepSession(session, facts),
    attempt: item.attempts + 1,
    key: item.key,
    position: item.id > 0 ? item.id : null,
    scope: currentScope(),
    emit: (emitted) => {
      const { input, key } = typeof emitted === 'string' ? ({ input: emitted } as EmittedItem) : emitted;
      const text = JSON.stringify(input);
      if (text === undefined)
        throw new EngineError('SLUICE_INPUT_JSON', 'emit() takes a value that can be kept as JSON', {
          outcomeClass: 'step',
        });
      const ownKey = key ?? (typeof input === 'string' ? input : text);
      facts.emits.push({ key: ownKey, host: hostOf(options, input as Input), input: input === ownKey ? null : text });
    },
  };
}

/** The host that an item belongs to; empty when its input has none (the item is judged when it is begun). */
function hostOf<Input, Output>(options: JobOptions<Input, Output>, input: Input): string {
  try {
    return itemHost(options, input);
  } catch {
    return '';
  }
}

/** The host that an item belongs to, as the job says or as its URL says. @throws what the job's `host` throws */
export function itemHost<Input, Output>(options: JobOptions<Input, Output>, input: Input): string {
  if (options.host !== undefined) return options.host(input);
  return typeof input === 'string' && URL.canParse(input) ? new URL(input).host : '';
}
