import { suppressedErrors } from '@sluice/core';
import type { Cleaner } from './cleaner.ts';

/** Read one by one, because they are not enumerable or belong in a certain place. */
const NAMED: ReadonlySet<string> = new Set([
  'name',
  'message',
  'code',
  'stack',
  'cause',
  'errors',
  'error',
  'suppressed',
]);

/**
 * An error as fields: `name`, `message`, `code`, its own further properties (`syscall`, `taskNames` …), `stack`, `cause`, the `errors` of
 * a group, and as `suppressed` what came after it ({@link suppressedErrors}, and the `SuppressedError` of `using`).
 */
export function errorFields(error: Error, cleaner: Cleaner): Record<string, unknown> {
  const fields: { suppressed?: unknown } & Record<string, unknown> = {};
  const take = (key: string): void => {
    const value = cleaner.property(error, key);
    if (value !== undefined) fields[key] = value;
  };
  for (const key of ['name', 'message', 'code']) take(key);
  for (const key of Object.keys(error)) {
    if (!NAMED.has(key) && key !== '__proto__') take(key);
  }
  for (const key of ['stack', 'cause', 'errors', 'error']) take(key);
  const others = suppressedErrors(error);
  if ('suppressed' in error) fields.suppressed = cleaner.list([error.suppressed, ...others]);
  else if (others.length > 0) fields.suppressed = cleaner.list(others);
  return fields;
}
