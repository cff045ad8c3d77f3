import type { RecordedItem } from '@sluice/ledger';
import { EngineError } from '../errors.ts';
import { NOTHING_SPENT, readSpent } from '../item/retry-policy.ts';
import type { JobOptions } from '../job/job.ts';
import type { ReadItem } from '../source/item-source.ts';
import { itemHost } from '../step/run-step.ts';
import type { WorkItem } from './work-item.ts';

/** An item that can be begun, or one that never can, with the reason. */
export type Prepared<Input> =
  | { readonly ok: true; readonly item: WorkItem<Input> }
  | { readonly ok: false; readonly item: WorkItem<undefined>; readonly error: unknown };

/** Makes work of an item as it was read from the source. */
export function prepareRead<Input, Output>(job: JobOptions<Input, Output>, read: ReadItem<Input>): Prepared<Input> {
  const base = { id: read.position, text: read.text, attempts: 0, spent: NOTHING_SPENT, isRecorded: false };
  const broken = (key: string, error: unknown): Prepared<Input> => ({
    ok: false,
    error,
    item: { ...base, key, host: '', input: undefined },
  });
  if (!read.input.ok) return broken(read.key, read.input.error);
  const input = read.input.value;
  let key = read.key;
  try {
    if (job.key !== undefined) key = checkedKey(job.key(input, read.position), read.position);
    // The ledger leaves the input out where it equals the key; under another key it has to be kept.
    const text = read.text ?? (key === read.key ? null : read.key);
    return { ok: true, item: { ...base, text, key, host: itemHost(job, input), input } };
  } catch (error) {
    return broken(key, atLine(error, read.position));
  }
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
    isRecorded: true,
  };
  const spent = readSpent(recorded.spent);
  try {
    const input = recorded.id > 0 ? job.source.parse(recorded.input ?? recorded.key) : emittedInput<Input>(recorded);
    return { ok: true, item: { ...base, spent, host: itemHost(job, input), input } };
  } catch (error) {
    return {
      ok: false,
      error: atLine(error, recorded.id),
      item: { ...base, spent, host: recorded.host, input: undefined },
    };
  }
}

function emittedInput<Input>(recorded: RecordedItem): Input {
  return recorded.input === null ? (recorded.key as Input) : (JSON.parse(recorded.input) as Input);
}

function checkedKey(key: unknown, position: number): string {
  if (typeof key === 'string' && key !== '') return key;
  // Beyond 2^53 a number has lost digits already: two rows could share a key.
  if (typeof key === 'number' && Number.isSafeInteger(key)) return String(key);
  throw new EngineError(
    'SLUICE_INPUT_KEY',
    `the key of item ${position} must be a text that is not empty, not ${String(key)}`,
    { outcomeClass: 'input' },
  );
}

function atLine(error: unknown, position: number): unknown {
  if (!(error instanceof EngineError) || position < 1 || /^(line|the key)/.test(error.message)) return error;
  return new EngineError(error.code, `line ${position}: ${error.message}`, {
    cause: error,
    ...(error.outcomeClass === undefined ? {} : { outcomeClass: error.outcomeClass }),
  });
}
