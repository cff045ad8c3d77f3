import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { rawServer, response } from '../support/raw-server.ts';

/** Whether this process has loaded undici. */
function hasUndici(): boolean {
  return Object.keys(createRequire(import.meta.url).cache).some((file) =>
    /[\\/]node_modules[\\/]undici[\\/]/.test(file),
  );
}

test('a session over the own wire does not load undici, one that asks for undici does', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [], 'hello')));
  await using own = new Session();
  assert.equal((await own.get(server.url)).text(), 'hello');
  assert.equal(hasUndici(), false);
  await using other = new Session({ transport: 'undici' });
  assert.equal((await other.get(server.url)).text(), 'hello');
  assert.equal(hasUndici(), true);
});
