import { currentScope, isCancelled, timeout, UsageError } from '@sluice/core';
import type { toThread } from '@sluice/offload';
import { withLogFields } from '@sluice/telemetry';
import { EngineError } from '../errors.ts';
import { checkedKey } from '../item/item-key.ts';
import type { JobOptions } from '../job/job.ts';
import { classifyError, classifyValue } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { AttemptFacts } from './attempt-facts.ts';
import { callStep } from './call-step.ts';
import type { RequestGate } from './request-gate.ts';
import type { EmittedItem, StepContext } from './step-context.ts';
import { StepSession } from './step-session.ts';
import type { StepTools } from './step-tools.ts';

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
  tools: StepTools,
  facts: AttemptFacts,
  gate?: RequestGate,
): Promise<Outcome> {
  try {
    const value = await timeout(options.timeout ?? '120s', () =>
      withLogFields({ item: item.key, attempt: item.attempts + 1 }, () =>
        callStep(() => options.step(item.input, contextOf(options, item, tools, facts, gate))),
      ),
    );
    return classifyValue(value, facts.last, facts);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return classifyError(error, facts.last, facts);
  } finally {
    facts.close();
  }
}

function contextOf<Input, Output>(
  options: JobOptions<Input, Output>,
  item: StepItem<Input>,
  tools: StepTools,
  facts: AttemptFacts,
  gate: RequestGate | undefined,
): StepContext {
  return {
    http: new StepSession(tools.session, facts, gate),
    sql: tools.sql,
    database: tools.database,
    offload,
    get log() {
      return tools.logger;
    },
    attempt: item.attempts + 1,
    key: item.key,
    position: item.id > 0 ? item.id : null,
    scope: currentScope(),
    usage: (units, cost) => {
      if (facts.isOver) throw new UsageError('usage(): the attempt that it belongs to is over');
      gate?.used(
        checkedAmount(units, 'usage()'),
        cost === undefined ? undefined : checkedAmount(cost, 'the cost of usage()'),
      );
    },
    emit: (emitted) => {
      if (facts.isOver) throw new UsageError('emit(): the attempt that this item comes from is over');
      const { input, key } = typeof emitted === 'string' ? ({ input: emitted } as EmittedItem) : emitted;
      const text = JSON.stringify(input);
      if (text === undefined)
        throw new EngineError('SLUICE_INPUT_JSON', 'emit() takes a value that can be kept as JSON', {
          outcomeClass: 'step',
        });
      const ownKey = checkedKey(key ?? (typeof input === 'string' ? input : text), 'an emitted item', 'step');
      facts.emits.push({ key: ownKey, host: hostOf(options, input as Input), input: textOf(input, text, ownKey) });
    },
  };
}

function checkedAmount(amount: number, name: string): number {
  if (typeof amount === 'number' && amount >= 0 && Number.isFinite(amount)) return amount;
  throw new UsageError(`${name} takes a number of 0 or more, not ${String(amount)}`);
}

/** What the ledger keeps of an emitted input. It leaves out a text that equals the key, and then the input is the key: JSON that looks like it is set off. */
function textOf(input: unknown, json: string, key: string): string | null {
  if (input === key) return null;
  return json === key ? ` ${json}` : json;
}

/** The host that an item belongs to; empty when its input has none (the item is judged when it is begun). */
function hostOf<Input, Output>(options: JobOptions<Input, Output>, input: Input): string {
  try {
    return itemHost(options, input);
  } catch {
    return '';
  }
}

/** The host that an item belongs to, as the job says or as its URL says. @throws EngineError for a host that is no text; what the job's `host` throws */
export function itemHost<Input, Output>(options: JobOptions<Input, Output>, input: Input): string {
  if (options.host !== undefined) return checkedHost(options.host(input));
  return typeof input === 'string' && URL.canParse(input) ? new URL(input).host : '';
}

function checkedHost(host: unknown): string {
  if (typeof host === 'string') return host;
  throw new EngineError('SLUICE_INPUT_HOST', `the host of an item must be a text, not ${String(host)}`, {
    outcomeClass: 'input',
  });
}

/** Loads the pool of threads at the first call. */
const offload = (async (module: string | URL, exportName: string, ...args: never[]) => {
  const pools = await import('@sluice/offload');
  return pools.toThread(module, exportName, ...args);
}) as typeof toThread;
