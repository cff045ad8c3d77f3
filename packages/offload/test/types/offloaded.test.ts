import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Offloaded, offload, toThread } from '@sluice/offload';
import { type Sums, sumsUrl } from '../support/modules.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

test('functions become functions of promises, what is no function is not there, and arguments are checked', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 1 });
  const plain: Same<typeof work.add, (a: number, b: number) => Promise<number>> = true;
  const alreadyAsync: Same<typeof work.addLater, (a: number, b: number) => Promise<number>> = true;
  const withoutConstant: Same<'version' extends keyof Offloaded<Sums> ? true : false, false> = true;
  const withoutThen: Same<'then' extends keyof Offloaded<{ then(): void }> ? true : false, false> = true;
  assert.ok(plain && alreadyAsync && withoutConstant && withoutThen);
  assert.equal(await work.add(1, 2), 3);
  // Checked by the type checker, not run.
  const wrongCalls: readonly (() => unknown)[] = [
    // @ts-expect-error add takes numbers
    () => work.add('1', 2),
    // @ts-expect-error a type of the function checks the arguments of toThread too
    () => toThread<Sums['add']>(sumsUrl, 'add', 1),
  ];
  assert.equal(wrongCalls.length, 2);
});
