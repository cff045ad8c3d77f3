import type { RecordedItem } from '@sluice/ledger';
import { atLine, EngineError } from '../errors.ts';
import { checkedKey } from '../item/item-key.ts';
import { NOTHING_SPENT, readSpent } from '../item/retry-policy.ts';
import type { JobOptions } from '../job/job.ts';
import type { ReadItem } from '../source/item-source.ts';
import { itemHost } from '../step/run-step.ts';
import { limitKeys } from './gate-settings.ts';
import type { WorkItem } from './work-item.ts';

/** An item that can be begun, or one that never can, with the reason. */
export type Prepared<Input> =
  | { readonly ok: true; readonly item: WorkItem<Input> }
  | { readonly ok: false; readonly item: WorkItem<undefined>; readonly error: unknown };

/** Makes work of an item as it was read from the source. */
export function prepareRead<Input, Output>(job: JobOptions<Input, Output>, read: ReadItem<Input>): Prepared<Input> {
  // Beside keys of the job's own a position could be the key of another item.
  let key = job.key === undefined ? read.key : `line ${read.position}`;
  const base = () => ({ id: read.position, key, text: keptText(read, key), attempts: 0, spent: NOTHING_SPENT });
  const broken = (error: unknown): Prepared<Input> => ({
    ok: false,
    error,
    item: { ...base(), host: '', input: undefined, limits: undefined },
  });
  if (!read.input.ok) return broken(read.input.error);
  const input = read.input.value;
  try {
    if (job.key !== undefined) key = checkedKey(job.key(input, read.position), 'an item', 'input');
    return { ok: true, item: { ...base(), host: itemHost(job, input), input, limits: limitKeys(job.limits, input) } };
  } catch (error) {
    return broken(located(error, read.position));
  }
}

/** The ledger leaves the input out where it equals the key; under another key it has to be kept. */
function keptText<Input>(read: ReadItem<Input>, key: string): string | null {
  return read.text ?? (key === read.key ? null : read.key);
}

/** Makes work of an item that the ledger holds. */
export function prepareRecorded<Input, Output>(
  job: JobOptions<Input, Output>,
  recorded: RecordedItem,
): Prepared<Input> {
  const base = {
    id: recorded.id,
    key: recorded.key,
    text: recorded.input,
    attempts: recorded.attempts,
  };
  const spent = readSpent(recorded.spent);
  try {
    const input = recorded.id > 0 ? job.source.parse(recorded.input ?? recorded.key) : emittedInput<Input>(recorded);
    const limits = limitKeys(job.limits, input);
    return { ok: true, item: { ...base, spent, host: itemHost(job, input), input, limits } };
  } catch (error) {
    return {
      ok: false,
      error: located(error, recorded.id),
      item: { ...base, spent, host: recorded.host, input: undefined, limits: undefined },
    };
  }
}

function emittedInput<Input>(recorded: RecordedItem): Input {
  return recorded.input === null ? (recorded.key as Input) : (JSON.parse(recorded.input) as Input);
}

function located(error: unknown, position: number): unknown {
  return error instanceof EngineError && position > 0 ? atLine(error, position) : error;
}
