import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { wireCases } from '../../src/routes/wire-cases.ts';
import { rawGet, request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();
const raw = (path: string, enough?: number) => rawGet(context.lab.port, path, enough);
const bodyOf = (received: string): string => received.slice(received.indexOf('\r\n\r\n') + 4);

test('/reset resets before a byte, /close closes before a byte', async () => {
  assert.deepEqual(await raw('/reset'), { received: '', ending: 'ECONNRESET' });
  assert.deepEqual(await raw('/close'), { received: '', ending: 'end' });
});

test('/reset-body and /close-delimited-reset send half a body, then reset', async () => {
  const withLength = await raw('/reset-body');
  assert.match(withLength.received, /\r\nContent-Length: 1000\r\n/);
  assert.deepEqual([bodyOf(withLength.received).length, withLength.ending], [500, 'ECONNRESET']);
  const withoutLength = await raw('/close-delimited-reset');
  assert.doesNotMatch(withoutLength.received, /Content-Length|Transfer-Encoding/);
  assert.deepEqual([bodyOf(withoutLength.received).length, withoutLength.ending], [500, 'ECONNRESET']);
});

test('/short-body and /close-delimited send half a body, then close', async () => {
  const short = await raw('/short-body');
  assert.match(short.received, /\r\nContent-Length: 1000\r\n/);
  assert.deepEqual([bodyOf(short.received).length, short.ending], [500, 'end']);
  const delimited = await raw('/close-delimited');
  assert.doesNotMatch(delimited.received, /Content-Length|Transfer-Encoding/);
  assert.deepEqual([bodyOf(delimited.received).length, delimited.ending], [500, 'end']);
});

test('/connection-close sends the whole body, says so, and closes', async () => {
  const { received, ending } = await raw('/connection-close/65536');
  assert.match(received, /\r\nContent-Length: 65536\r\nConnection: close\r\n/);
  assert.deepEqual([bodyOf(received).length, ending], [65_536, 'end']);
});

test('/hang takes the request and sends nothing, /hang-body sends half a body', async () => {
  const { lab } = context;
  const before = lab.hits.total;
  const socket = connect(lab.port, '127.0.0.1');
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
  });
  socket.write('GET /hang HTTP/1.1\r\nHost: lab\r\n\r\n');
  while (lab.hits.total === before) await new Promise(setImmediate);
  await request(`${lab.url}/delay/0.1`);
  assert.deepEqual([received, socket.readyState], [0, 'open']);
  socket.destroy();

  const half = await raw('/hang-body', 600);
  assert.match(half.received, /\r\nContent-Length: 1000\r\n/);
  assert.equal(bodyOf(half.received).length, 500);
});

test('/slow-headers sends its lines one by one, then the body', async () => {
  const startedAt = performance.now();
  const { received, ending } = await raw('/slow-headers/20?lines=4');
  assert.ok(performance.now() - startedAt > 70);
  assert.match(received, /^HTTP\/1\.1 200 OK\r\n.*X-Slow-1: 1\r\nX-Slow-2: 2\r\nX-Slow-3: 3\r\nX-Slow-4: 4\r\n/s);
  assert.deepEqual([bodyOf(received), ending], ['ok\n', 'end']);
  assert.equal((await request(`${context.lab.url}/slow-headers/1`)).text, 'ok\n');
});

test('/endless goes on, and the lab still serves others meanwhile', async () => {
  const { ending } = await raw('/endless', 5_000_000);
  assert.equal(ending, 'open');
  const endless = raw('/endless', 50_000_000);
  assert.equal((await request(`${context.lab.url}/status/200`)).status, 200);
  assert.equal((await endless).ending, 'open');
});

test('a client that goes away in the middle does not disturb the lab', async () => {
  for (const path of ['/drip?duration=5', '/delay/5', '/stream-bytes/10000000', '/gzip', '/slow-headers/50', '/hang']) {
    const socket = connect(context.lab.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const before = context.lab.hits.total;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`);
    while (context.lab.hits.total === before) await new Promise(setImmediate);
    socket.resetAndDestroy();
  }
  assert.equal((await request(`${context.lab.url}/status/200`)).status, 200);
});

test('/garbage is not HTTP', async () => {
  const { received, ending } = await raw('/garbage');
  assert.deepEqual([received, ending], ['\x00\x01this is not HTTP\xff\xfe\r\n\r\n', 'end']);
});

test('/early-hints and /unasked-100 send an informational response first', async () => {
  const hints = await raw('/early-hints', 89);
  assert.match(hints.received, /^HTTP\/1\.1 103 Early Hints\r\nLink: [^\r]+\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const unasked = await raw('/unasked-100', 42);
  assert.match(unasked.received, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
});

test('/duplicate-length sends two lengths', async () => {
  assert.match((await raw('/duplicate-length')).received, /\r\nContent-Length: 5\r\nContent-Length: 5\r\n/);
  assert.match((await raw('/duplicate-length?second=6')).received, /\r\nContent-Length: 5\r\nContent-Length: 6\r\n/);
});

test('every wire case arrives byte by byte as the table has it', async () => {
  for (const { name, bytes, staysOpen } of wireCases) {
    const reply = await raw(`/wire/${name}`, staysOpen === true ? bytes.length : undefined);
    assert.deepEqual(reply, { received: bytes, ending: staysOpen === true ? 'open' : 'end' }, name);
  }
  assert.equal((await request(`${context.lab.url}/wire/unknown`)).status, 404);
  assert.equal((await request(`${context.lab.url}/wire`)).json.cases.length, wireCases.length);
});

test('/gzip-truncated is half a gzip body with a length that agrees', async () => {
  const { headers, body } = await request(`${context.lab.url}/gzip-truncated`);
  assert.deepEqual([headers['content-encoding'], headers['content-length']], ['gzip', String(body.length)]);
  await assert.rejects(promisify(gunzip)(body), { code: 'Z_BUF_ERROR' });
});

test('/gzip-lie is plain text', async () => {
  const { headers, body, text } = await request(`${context.lab.url}/gzip-lie`);
  assert.equal(headers['content-encoding'], 'gzip');
  assert.match(text, /^line 0 of a text\n/);
  await assert.rejects(promisify(gunzip)(body), { code: 'Z_DATA_ERROR' });
});

test('/gzip-bomb is small and decodes to that many zeros', async () => {
  const { body } = await request(`${context.lab.url}/gzip-bomb?mib=3`);
  assert.ok(body.length < 8192);
  const decoded = await promisify(gunzip)(body);
  assert.ok(decoded.equals(Buffer.alloc(3 * 1024 * 1024)));
  assert.equal((await request(`${context.lab.url}/gzip-bomb?mib=0`)).status, 400);
});
