import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadLink } from '../../src/client/thread-link.ts';
import type { LedgerError } from '../../src/errors.ts';

interface StrayCalls {
  echo: { request: string; reply: string };
  silence: { request: null; reply: null };
  exit: { request: null; reply: null };
  throw: { request: null; reply: null };
}

for (const death of ['exit', 'throw'] as const) {
  test(`a thread that ends by ${death} rejects every waiting and later call with one error`, async () => {
    const link = new ThreadLink<StrayCalls>(new URL('./stray-thread.ts', import.meta.url), null, 'the stray thread');
    const failures: LedgerError[] = [];
    link.onFailure((error) => failures.push(error));
    assert.equal(await link.ready(), 'here');
    assert.equal(await link.call('echo', 'hello'), 'hello');
    const settled: PromiseSettledResult<unknown>[] = await Promise.allSettled([
      link.call('silence', null),
      link.call(death, null),
    ]);
    await link.exited();
    settled.push(...(await Promise.allSettled([link.call('echo', 'late')])));
    assert.equal(failures.length, 1);
    assert.equal(failures[0]?.code, 'SLUICE_LEDGER_THREAD');
    assert.match(failures[0]?.message ?? '', /the stray thread ended unexpectedly/);
    assert.equal((failures[0]?.cause as Error | undefined)?.message, death === 'throw' ? 'planted' : undefined);
    for (const outcome of settled) assert.equal((outcome as PromiseRejectedResult).reason, failures[0]);
    const late = Promise.withResolvers<LedgerError>();
    link.onFailure(late.resolve);
    assert.equal(await late.promise, failures[0]);
  });
}
