import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Evidence, type HttpError, Session, type SessionOptions } from '@sluice/http';
import { CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { until } from '../support/until.ts';

const skip = spawnSync('nginx', ['-v']).status === 0 ? false : 'nginx is not installed';
const LARGE = 5_000_000;

interface Nginx extends AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
}

/** nginx with HTTP/2 over TLS and the settings that the test is about. */
async function nginx(settings = ''): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-http2-'));
  const port = await freePort();
  await mkdir(join(folder, 'www'));
  await writeFile(join(folder, 'www/small'), 'small');
  await writeFile(join(folder, 'www/large'), Buffer.alloc(LARGE, 'x'));
  await writeFile(join(folder, 'www/text'), 'a line\n'.repeat(10_000));
  await writeFile(join(folder, 'cert.pem'), CERTIFICATE);
  await writeFile(join(folder, 'key.pem'), KEY);
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; error_log ${folder}/error.log; pid ${folder}/pid;
    events { worker_connections 1024; }
    http {
      access_log off; default_type text/plain; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
      limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;
      ${settings}
      server {
        listen 127.0.0.1:${port} ssl http2; root ${folder}/www;
        location = /text { gzip on; gzip_types text/plain; gzip_min_length 1; }
        location = /limited { limit_req zone=slow; limit_req_status 429; try_files /small =404; }
        location = /slowly { limit_rate 10k; try_files /large =404; }
        location = /gone { return 444; }
        location = /moved { return 301 /small; }
      }
    }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  await untilOpen(child, port);
  return {
    process: child,
    url: `https://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true });
    },
  };
}

function http2Session(options: SessionOptions = {}): Session {
  return new Session({ http2: true, tls: { ca: CERTIFICATE }, timeout: '20s', ...options });
}

test('nginx: files, ranges, gzip, redirects, HEAD, 429 and a request that it throws away', { skip }, async () => {
  await using server = await nginx();
  await using session = http2Session();
  const get = (path: string, headers = {}) => session.get(server.url + path, { headers });
  const small = await get('/small');
  assert.deepEqual([small.text(), small.evidence.httpVersion], ['small', '2']);
  assert.equal((await get('/large')).body.length, LARGE);
  const range = await get('/large', { range: 'bytes=10-19' });
  assert.deepEqual([range.status, range.text()], [206, 'x'.repeat(10)]);
  const text = await get('/text');
  assert.equal(text.text().length, 70_000);
  assert.ok(text.evidence.bytesIn < 10_000);
  assert.equal((await get('/moved')).text(), 'small');
  assert.equal((await session.head(`${server.url}/large`)).headers.get('content-length'), String(LARGE));
  const same = await session.get(`${server.url}/small`, { ifNoneMatch: small.headers.get('etag')! });
  assert.equal(same.isNotModified, true);
  assert.deepEqual([(await get('/limited')).status, (await get('/limited')).status], [200, 429]);
  // nginx resets the stream with PROTOCOL_ERROR, as node:http2 does itself with a malformed head.
  const gone = await failureOf(session.post(`${server.url}/gone`));
  assert.deepEqual([gone.code, gone.evidence.requests], ['SLUICE_HTTP_MALFORMED', 1]);
  assert.equal(session.stats().inFlight, 0);
});

test('nginx: five hundred requests at once over one connection of eight streams', { skip }, async () => {
  await using server = await nginx('http2_max_concurrent_streams 8;');
  await using session = http2Session();
  const replies = await Promise.all(Array.from({ length: 500 }, () => session.get(`${server.url}/text`)));
  for (const reply of replies) {
    assert.deepEqual([reply.status, reply.text().length, reply.evidence.requests], [200, 70_000, 1]);
  }
  assert.equal(session.stats().open, 1);
});

test('nginx closes a connection after some requests (GOAWAY): no request is lost or failed', { skip }, async () => {
  await using server = await nginx('keepalive_requests 10;');
  await using session = http2Session();
  const replies = await Promise.all(Array.from({ length: 500 }, () => session.get(`${server.url}/text`)));
  for (const reply of replies) assert.deepEqual([reply.status, reply.text().length], [200, 70_000]);
  assert.ok(new Set(replies.map(({ evidence }) => evidence.reused)).has(false));
});

test('nginx refuses a body that is too large for it, while the body is on its way', { skip }, async () => {
  await using server = await nginx('client_max_body_size 1k;');
  await using session = http2Session();
  for (let round = 0; round < 3; round++) {
    const outcome = await session.put(`${server.url}/small`, { body: Buffer.alloc(3_000_000) }).then(
      (reply) => reply.status,
      (error: HttpError) => error.class,
    );
    assert.equal(outcome, 413);
  }
  assert.equal((await session.get(`${server.url}/small`)).text(), 'small');
});

test('nginx is killed under load: every request ends, and half a body is not ok', { skip }, async () => {
  await using server = await nginx('http2_max_concurrent_streams 20;');
  await using session = http2Session();
  const live: Evidence[] = [];
  const all = Array.from({ length: 40 }, () =>
    failureOf(session.get(`${server.url}/slowly`, { onEvidence: (evidence) => live.push(evidence) })),
  );
  await until('twenty bodies are on their way', () => live.filter(({ phase }) => phase === 'body').length === 20);
  server.process.kill('SIGKILL');
  const classes = (await Promise.all(all)).map((error) => error.class);
  // The others waited for room, and the next connection was refused.
  assert.deepEqual(
    [classes.filter((is) => is === 'integrity').length, classes.filter((is) => is === 'connect').length],
    [20, 20],
  );
  assert.deepEqual([session.stats().inFlight, session.stats().open], [0, 0]);
});

async function untilOpen(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 400 && child.exitCode === null; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('nginx did not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
