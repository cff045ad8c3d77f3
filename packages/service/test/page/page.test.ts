import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { send } from '../support/client.ts';
import { startService } from '../support/with-service.ts';

test('the page loads its files by addresses that change with them, held to their digests, and nothing inline', async () => {
  await using service = await startService();
  const page = await send(service.url, 'GET', '/');
  assert.match(page.headers['content-type']!, /^text\/html/);
  assert.equal(page.headers['cache-control'], 'no-cache');
  assert.doesNotMatch(page.text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
  const linked = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"(?: integrity="sha384-([^"]+)")?/g)];
  assert.equal(linked.length, 3);
  for (const [, address, digest] of linked) {
    const file = await send(service.url, 'GET', address!);
    assert.equal(file.status, 200, address);
    assert.match(file.headers['cache-control']!, /immutable/);
    if (digest !== undefined) assert.equal(createHash('sha384').update(file.text).digest('base64'), digest, address);
  }
});

test('every module that the page imports is served beside it, as a script', async () => {
  await using service = await startService();
  const page = await send(service.url, 'GET', '/');
  const seen = new Set<string>();
  const open = [/src="(\/assets\/[^"]+main\.js)"/.exec(page.text)![1]!];
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const file = await send(service.url, 'GET', address);
    assert.deepEqual([file.status, file.headers['content-type']], [200, 'text/javascript; charset=utf-8'], address);
    for (const [, specifier] of file.text.matchAll(/^import .* from '(\.\/[\w-]+\.js)';/gm)) {
      open.push(new URL(specifier!, `http://x${address}`).pathname);
    }
  }
  assert.ok(seen.size > 5);
});
