import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { LabError, labUrls, startLab } from '../../src/index.ts';
import { rawGet, request } from '../support/request.ts';

test('a lab listens on loopback at a free port and is gone after its block', async () => {
  let port: number;
  {
    await using lab = await startLab();
    port = lab.port;
    assert.equal(lab.url, `http://127.0.0.1:${port}`);
    assert.equal((await request(`${lab.url}/get`)).status, 200);
  }
  assert.equal((await rawGet(port, '/get')).ending, 'ECONNREFUSED');
});

test('a port in use is an error that names the port and what to do', async () => {
  await using lab = await startLab();
  await assert.rejects(startLab({ port: lab.port }), (error) => {
    assert.ok(error instanceof LabError);
    assert.equal(error.code, 'SLUICE_LAB_PORT_IN_USE');
    assert.match(error.message, new RegExp(`port ${lab.port} on 127\\.0\\.0\\.1 is already in use: .*choose another`));
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'EADDRINUSE');
    return true;
  });
});

test('an address that is not ours is an error with the cause', async () => {
  await assert.rejects(startLab({ host: '192.0.2.1' }), { name: 'LabError', code: 'SLUICE_LAB_LISTEN_FAILED' });
});

test('a port or seed that is none is refused', async () => {
  await assert.rejects(startLab({ port: 65_536 }), { code: 'SLUICE_LAB_OPTION' });
  await assert.rejects(startLab({ port: Number.NaN }), { code: 'SLUICE_LAB_OPTION' });
  await assert.rejects(startLab({ seed: 0.5 }), { code: 'SLUICE_LAB_OPTION' });
});

test('closing destroys idle, waiting and half-served connections, and can be done twice', async () => {
  const lab = await startLab();
  const idle = connect(lab.port, '127.0.0.1');
  const closed = Promise.withResolvers<void>();
  idle.on('error', () => undefined).on('close', () => closed.resolve());
  const waiting = ['/hang', '/hang-body', '/delay/60', '/endless', '/slow-headers/1000'].map((path) =>
    rawGet(lab.port, path),
  );
  while (lab.hits.total < waiting.length) await new Promise(setImmediate);
  await Promise.all([lab.close(), lab.close()]);
  await lab.close();
  await closed.promise;
  assert.equal((await Promise.all(waiting)).length, 5);
});

test('the log gets one line for each request when it is over', async () => {
  const lines: string[] = [];
  const lab = await startLab({ log: (line) => lines.push(line) });
  await request(`${lab.url}/status/204?a=b`);
  await rawGet(lab.port, '/reset');
  await lab.close();
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^GET \/status\/204\?a=b 204 \d+\.\d ms$/);
  assert.match(lines[1] ?? '', /^GET \/reset no response \d+\.\d ms$/);
});

test('two labs count and heal on their own', async () => {
  await using one = await startLab();
  await using two = await startLab();
  assert.equal((await request(`${one.url}/fail-times/1`)).status, 503);
  assert.equal((await request(`${two.url}/fail-times/1`)).status, 503);
  assert.equal((await request(`${one.url}/fail-times/1`)).status, 200);
  assert.deepEqual([one.hits.total, two.hits.total], [2, 1]);
});

test('a wildcard host is reached by loopback', async () => {
  const probe = createServer().listen(0, '::1');
  const hasIpv6 = await new Promise((resolve) => {
    probe.once('listening', () => resolve(true)).once('error', () => resolve(false));
  });
  probe.close();
  for (const host of hasIpv6 ? ['0.0.0.0', '::', '::1'] : ['0.0.0.0']) {
    await using lab = await startLab({ host });
    assert.equal((await request(`${lab.url}/status/200`)).status, 200);
  }
});

test('the demo list is stable, has no URL twice and nothing that a lab does not serve', async () => {
  await using lab = await startLab();
  const urls = [...labUrls(`${lab.url}/`, 200)];
  assert.equal(new Set(urls).size, 200);
  assert.deepEqual(urls, [...labUrls(lab.url, 200)]);
  assert.equal(urls.filter((url) => url.includes('/item/')).length, 140);
  const allowed = new Set([200, 201, 202, 302, 404, 410, 429, 500, 503]);
  const check = async (url: string): Promise<void> => {
    const status = await request(url).then(
      (reply) => reply.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    assert.ok(status === 'ECONNRESET' || allowed.has(Number(status)), `${url} gave ${status}`);
  };
  await Promise.all(urls.map(check));
});
