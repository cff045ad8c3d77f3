import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { parseRetryAfter, Session } from '@sluice/http';
import { makeCertificate } from '../packages/lab/src/certificates/make-certificate.ts';
import { freePort, missing, type ServerProcess, startServer } from './support/server-process.ts';
import { temporaryFolder } from './support/sluice.ts';

const BROTLI = '/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so';
const skip = missing('nginx', 'nginx', '-v');
const skipBrotli = skip || (existsSync(BROTLI) ? false : `nginx has no brotli here (${BROTLI})`);
const TEXT = 'a line of text\n'.repeat(5000);

interface Nginx extends AsyncDisposable {
  readonly plain: string;
  readonly tls: string;
  /** The authority of its certificate. */
  readonly ca: string;
  readonly process: ServerProcess;
  /** A certificate for clients, which `/private` asks for. */
  readonly client: { readonly cert: string; readonly key: string };
}

/** nginx with a certificate of an authority of its own; `settings` go into its `http` block, `top` before it. */
async function startNginx(settings = 'ssl_protocols TLSv1.2 TLSv1.3;', top = ''): Promise<Nginx> {
  const folder = await temporaryFolder();
  const [plain, tls] = [await freePort(), await freePort()];
  const issuer = makeCertificate({ name: 'authority of a test', isAuthority: true });
  const certificate = makeCertificate({ name: 'nginx', hosts: ['localhost'], issuer });
  await mkdir(folder.file('www'));
  await writeFile(folder.file('www/small'), 'small');
  await writeFile(folder.file('www/text'), TEXT);
  await writeFile(folder.file('ca.pem'), issuer.cert);
  await writeFile(folder.file('cert.pem'), certificate.cert);
  await writeFile(folder.file('key.pem'), certificate.key);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    folder.file('nginx.conf'),
    `daemon off; master_process off; error_log stderr; pid ${folder.path}/pid; ${top}
    events { worker_connections 1024; }
    http {
      access_log off; default_type text/plain; gzip_types text/plain;
      ${temporary.map((name) => `${name}_temp_path ${folder.path}/${name};`).join(' ')}
      ssl_certificate ${folder.path}/cert.pem; ssl_certificate_key ${folder.path}/key.pem;
      ssl_client_certificate ${folder.path}/ca.pem; ssl_verify_client optional;
      limit_req_zone $binary_remote_addr zone=some:1m rate=20r/s;
      ${settings}
      server {
        listen 127.0.0.1:${plain}; listen 127.0.0.1:${tls} ssl http2; root ${folder.path}/www;
        location = /gzip { gzip on; try_files /text =404; }
        location = /limited { limit_req zone=some; limit_req_status 429; error_page 429 @wait; try_files /small =404; }
        location = /busy { limit_req zone=some; error_page 503 @busy; try_files /small =404; }
        location @wait { add_header retry-after 1 always; return 429; }
        location @busy { add_header retry-after 1 always; return 503; }
        location = /private { if ($ssl_client_verify != SUCCESS) { return 403; } try_files /small =404; }
      }
    }`,
  );
  const process = await startServer(plain, 'nginx', ['-p', folder.path, '-c', folder.file('nginx.conf')]);
  const { cert, key } = makeCertificate({ name: 'client', issuer });
  return {
    plain: `http://127.0.0.1:${plain}`,
    tls: `https://localhost:${tls}`,
    ca: issuer.cert,
    client: { cert, key },
    process,
    async [Symbol.asyncDispose]() {
      await process.kill();
      await folder[Symbol.asyncDispose]();
    },
  };
}

for (const http2 of [false, true]) {
  test(`nginx over TLS with HTTP/${http2 ? 2 : 1.1}: its authority is asked for, and a client shows itself`, {
    skip,
  }, async () => {
    await using nginx = await startNginx();
    await using stranger = new Session({ http2 });
    await assert.rejects(stranger.get(`${nginx.tls}/small`), { code: 'SLUICE_HTTP_TLS', class: 'tls' });
    await using session = new Session({ http2, tls: { ca: nginx.ca } });
    const reply = await session.get(`${nginx.tls}/small`);
    assert.deepEqual(
      [reply.text(), reply.evidence.httpVersion, reply.evidence.tlsVersion],
      ['small', http2 ? '2' : '1.1', 'TLSv1.3'],
    );
    assert.equal((await session.get(`${nginx.tls}/private`)).status, 403);
    await using known = new Session({ http2, tls: { ca: nginx.ca, ...nginx.client } });
    assert.equal((await known.get(`${nginx.tls}/private`)).text(), 'small');
  });
}

test('nginx over TLS: a connection serves one request after the other, however quick the answers are', {
  skip,
}, async () => {
  await using nginx = await startNginx();
  await using session = new Session({ baseUrl: nginx.tls, tls: { ca: nginx.ca } });
  let opened = 0;
  const caller = async (): Promise<void> => {
    for (let index = 0; index < 200; index++) if (!(await session.get('/small')).evidence.reused) opened++;
  };
  await Promise.all(Array.from({ length: 10 }, caller));
  assert.equal(opened, 10);
});

test('nginx that speaks TLS 1.2 only is refused by minVersion', { skip }, async () => {
  await using nginx = await startNginx('ssl_protocols TLSv1.2;');
  await using usual = new Session({ tls: { ca: nginx.ca } });
  assert.equal((await usual.get(`${nginx.tls}/small`)).evidence.tlsVersion, 'TLSv1.2');
  await using strict = new Session({ tls: { ca: nginx.ca, minVersion: 'TLSv1.3' } });
  await assert.rejects(strict.get(`${nginx.tls}/small`), { code: 'SLUICE_HTTP_TLS', class: 'tls' });
});

test('nginx: gzip, ranges, several ranges, and what has not changed', { skip }, async () => {
  await using nginx = await startNginx();
  await using session = new Session({ baseUrl: nginx.plain });
  const packed = await session.get('/gzip');
  assert.deepEqual([packed.headers.get('content-encoding'), packed.text()], ['gzip', TEXT]);
  assert.ok(packed.evidence.bytesIn < TEXT.length / 10);
  const range = await session.get('/text', { headers: { range: 'bytes=15-28' } });
  assert.deepEqual([range.status, range.text()], [206, 'a line of text']);
  const ranges = await session.get('/text', { headers: { range: 'bytes=0-0,2-5' } });
  assert.match(ranges.headers.get('content-type')!, /^multipart\/byteranges/);
  assert.equal((await session.get('/text', { headers: { range: 'bytes=9999999-' } })).status, 416);
  const etag = (await session.get('/text')).headers.get('etag')!;
  assert.equal((await session.get('/text', { ifNoneMatch: etag })).isNotModified, true);
});

test('nginx: brotli', { skip: skipBrotli }, async () => {
  await using nginx = await startNginx('brotli on; brotli_types text/plain;', `load_module ${BROTLI};`);
  await using session = new Session({ baseUrl: nginx.plain });
  const reply = await session.get('/text', { headers: { 'accept-encoding': 'br' } });
  assert.deepEqual([reply.headers.get('content-encoding'), reply.text()], ['br', TEXT]);
});

for (const [path, status] of [
  ['/limited', 429],
  ['/busy', 503],
] as const) {
  test(`nginx answers ${status} beyond 20 requests a second: a run slows down, and every item is done`, {
    skip,
  }, async () => {
    await using nginx = await startNginx();
    await using session = new Session({ baseUrl: nginx.plain });
    const refused = (await Promise.all([1, 2, 3].map(() => session.get(path)))).find(
      (reply) => reply.status === status,
    )!;
    assert.equal(parseRetryAfter(refused.headers.get('retry-after'), Date.now()), 1000);
    await using folder = await temporaryFolder();
    const urls = Array.from({ length: 40 }, (_, n) => `${nginx.plain}${path}?n=${n}`);
    const job = defineJob({
      source: from.iterable(urls),
      idempotent: true,
      perHost: 8,
      step: async (url, { http }) => (await http.get(url)).text(),
    });
    const report = await job.run({ ledger: folder.file('limited.run.db') });
    assert.deepEqual([report.state, report.progress.done, report.progress.failed], ['complete', 40, 0]);
  });
}

test('nginx ends a connection after every third request: none is lost, none is sent twice', { skip }, async () => {
  await using nginx = await startNginx('keepalive_requests 3;');
  await using session = new Session({ baseUrl: nginx.plain, maxConnectionsPerOrigin: 8 });
  const replies = await Promise.all(Array.from({ length: 300 }, () => session.get('/text')));
  for (const reply of replies) assert.deepEqual([reply.text() === TEXT, reply.evidence.requests], [true, 1]);
});

test('nginx closes idle connections under our requests: each is answered, over a new connection where need be', {
  skip,
}, async () => {
  await using nginx = await startNginx('keepalive_timeout 20ms;');
  await using session = new Session({ baseUrl: nginx.plain, keepAliveMs: 60_000 });
  for (let pause = 14; pause < 26; pause++) {
    for (const reply of await Promise.all(Array.from({ length: 16 }, () => session.get('/small')))) {
      assert.equal(reply.text(), 'small');
      assert.ok(reply.evidence.requests <= 2);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
});
