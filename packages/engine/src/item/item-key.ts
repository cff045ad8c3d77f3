import { EngineError } from '../errors.ts';
import type { OutcomeClass } from '../outcome/classes.ts';

/**
 * A key as the ledger keeps it: a text that is not empty, or a number as text.
 *
 * @throws EngineError `SLUICE_INPUT_KEY` of class `outcomeClass` for anything else; `what` names the item in its message.
 */
export function checkedKey(key: unknown, what: string, outcomeClass: OutcomeClass): string {
  if (typeof key === 'string' && key !== '') return key;
  // Beyond 2^53 a number has lost digits already: two rows could share a key.
  if (typeof key === 'number' && Number.isSafeInteger(key)) return String(key);
  throw new EngineError('SLUICE_INPUT_KEY', `the key of ${what} must be a text that is not empty, not ${String(key)}`, {
    outcomeClass,
  });
}
