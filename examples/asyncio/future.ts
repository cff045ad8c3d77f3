// future = loop.create_future(); library.on_done(future.set_result); await future
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { cancellable, moveOnAfter, run } from 'sluice';

await run(async () => {
  const library = new EventEmitter();
  const future = Promise.withResolvers<string>();
  library.once('done', future.resolve);
  setTimeout(() => library.emit('done', 'answer'), 10);
  assert.equal(await cancellable(future.promise), 'answer'); // a plain await could not be cancelled

  let closed = false;
  const never = new Promise<void>(() => {});
  await moveOnAfter('5ms', () => cancellable(never, { onCancel: () => (closed = true) }));
  assert.equal(closed, true); // the place to end what the promise stands for
});
