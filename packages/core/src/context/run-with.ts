import { throwFailure } from '../many/gather.ts';
import { WholeGroup } from '../many/whole-group.ts';
import { scopeHere } from '../scope/current.ts';
import { replaceValues, valuesHere } from './values.ts';

/** Runs `fn` as a task of its own that sees `entries` beside what its caller sees, and gives what it gives. */
export async function runWith<R>(
  entries: Iterable<readonly [key: object | symbol, value: unknown]>,
  fn: () => R | PromiseLike<R>,
  name: string,
): Promise<R> {
  const group = new WholeGroup(scopeHere(), name);
  let result: R | undefined;
  const ending = await group.enter<void>(() => {
    group.spawn(
      async () => {
        replaceValues(new Map([...(valuesHere() ?? []), ...entries]));
        result = await fn();
      },
      fn.name === '' ? `${name}.run` : fn.name,
    );
  });
  throwFailure(group);
  if (ending.kind === 'error') throw ending.error;
  return result as R;
}
