import {
  type CheckedWork,
  type Duration,
  gather,
  gatherSettled,
  type Limiter,
  map,
  mapSettled,
  mapStream,
  moveOnAfter,
  type Permit,
  retry,
  Semaphore,
  type Source,
  shield,
  type Task,
  taskGroup,
  timeout,
} from '@sluice/core';

// Checked by tsc alone: nothing here is run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<Expected>() {
  return <Given>(
    _given: Given,
    ..._same: Same<Given, Expected> extends true ? [] : ['another type was expected']
  ): void => {};
}

declare function get(id: string): Promise<{ readonly id: string }>;
declare const task: Task<Date>;

export async function tuples(): Promise<void> {
  const given = await gather([() => get('a'), () => 5, async () => 'text', task]);
  expectType<[{ readonly id: string }, number, string, Date]>()(given);
  expectType<[]>()(await gather([]));

  const settled = await gatherSettled([() => get('a'), task]);
  expectType<[PromiseSettledResult<{ readonly id: string }>, PromiseSettledResult<Date>]>()(settled);

  const functions: readonly (() => Promise<number>)[] = [];
  expectType<number[]>()(await gather(functions));
  expectType<{ readonly id: string }[]>()(await gather(['a', 'b'].map((id) => () => get(id))));

  const frozen = [() => 1, () => 'two'] as const;
  expectType<[number, string]>()(await gather(frozen));
}

export async function refusals(): Promise<void> {
  // @ts-expect-error a bare promise began outside: 'gather() takes functions or tasks: write () => get(a) instead of get(a)'
  await gather([get('a')]);
  // @ts-expect-error one of several
  await gather([() => get('a'), get('b')]);
  // @ts-expect-error the same for gatherSettled
  await gatherSettled([get('a')]);
  // @ts-expect-error not even in an array of unknown length
  await gather(['a', 'b'].map((id) => get(id)));
  // @ts-expect-error a function with a parameter has nobody to give it
  await gather([(id: string) => get(id)]);
  // @ts-expect-error a duration has a unit
  const duration: Duration = '5 seconds';
  void duration;
  // @ts-expect-error a concurrency is a number or a limiter
  await map([1], (item) => item, { concurrency: '10' });
}

/** The message that a bare promise gets says what to write. */
expectType<'gather() takes functions or tasks: write () => get(a) instead of get(a)'>()(
  null as unknown as CheckedWork<readonly [Promise<number>]>[0],
);

export async function sources(
  readonlyArray: readonly number[],
  set: ReadonlySet<string>,
  stream: AsyncIterable<Uint8Array>,
  generator: AsyncGenerator<Date, void, undefined>,
  either: Source<bigint>,
  nodeStream: NodeJS.ReadableStream,
): Promise<void> {
  expectType<string[]>()(await map(readonlyArray, (item) => item.toFixed(1)));
  expectType<number[]>()(await map(set, async (item) => item.length));
  expectType<number[]>()(await map(stream, (chunk, index) => chunk.byteLength + index));
  expectType<number[]>()(await map(generator, (date) => date.getTime()));
  expectType<bigint[]>()(await map(either, (item) => item * 2n));
  expectType<PromiseSettledResult<string>[]>()(await mapSettled('abc', (letter) => letter));
  await map(nodeStream, (chunk) => chunk.length, { concurrency: new Semaphore(5) });
  for await (const size of mapStream(stream, (chunk) => chunk.byteLength)) expectType<number>()(size);
  // @ts-expect-error a promise of an array is no source
  await map(Promise.resolve([1]), (item) => item);
}

export async function values(limiter: Limiter): Promise<void> {
  expectType<number>()(await timeout('5s', async () => 5));
  expectType<string>()(await shield(() => 'text'));
  expectType<number>()(await retry(({ attempt }) => attempt));
  const moved = await moveOnAfter(100, () => get('a'));
  if (moved.timedOut) expectType<undefined>()(moved.value);
  else expectType<{ readonly id: string }>()(moved.value);
  await taskGroup(async (group) => {
    const spawned = group.spawn(() => get('a'));
    expectType<Task<{ readonly id: string }>>()(spawned);
    expectType<{ readonly id: string }>()(await spawned);
    expectType<number>()(await group.start<number>((started) => started(8080)));
    // @ts-expect-error a service says what it announced
    await group.start<number>((started) => started('8080'));
  });
  using permit = await limiter.acquire();
  expectType<Permit>()(permit);
  // @ts-expect-error a task has no value until it is awaited
  void task.outcome;
}
