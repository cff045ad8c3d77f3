// request_id = contextvars.ContextVar("request_id", default="-")
import assert from 'node:assert/strict';
import { ContextVar, gather, run, sleep, taskGroup } from 'sluice';

const requestId = new ContextVar('requestId', { default: '-' });

async function handle(): Promise<string> {
  await sleep('1ms');
  return taskGroup(async (group) => await group.spawn(() => requestId.get())); // children inherit it
}

await run(async () => {
  const seen = await gather([() => requestId.run('a', handle), () => requestId.run('b', handle)]);
  assert.deepEqual(seen, ['a', 'b']);
  assert.equal(requestId.get(), '-');
});
