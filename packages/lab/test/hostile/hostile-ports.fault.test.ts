import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { labLookup, startLab } from '../../src/index.ts';
import { rawGet, request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab({ hostile: true });
const ground = () => context.lab.hostile!;
const portOf = (url: string): number => Number(new URL(url).port);

async function handshake(url: string, options: ConnectionOptions = {}): Promise<string> {
  const socket = tlsConnect({ host: '127.0.0.1', port: portOf(url), ca: ground().ca, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol() ?? '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  } finally {
    socket.destroy();
  }
}

async function getTls(url: string): Promise<string> {
  const outgoing = httpsRequest(url, { ca: ground().ca, agent: false }).end();
  const [response] = await once(outgoing, 'response');
  return await text(response);
}

test('the good certificate is the one that its own authority vouches for', async () => {
  const { addresses, ca } = ground();
  assert.equal(await handshake(addresses.tls), 'TLSv1.3');
  assert.equal(await handshake(addresses.tls, { ca: [] }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  assert.equal(JSON.parse(await getTls(`${addresses.tls}/get`)).url, `${addresses.tls}/get`);
  const authority = new X509Certificate(ca);
  assert.deepEqual([authority.ca, authority.verify(authority.publicKey)], [true, true]);
});

test('each bad certificate is bad in its own way', async () => {
  const { selfSigned, expired, wrongName, oldTls } = ground().addresses;
  assert.equal(await handshake(selfSigned), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  assert.equal(await handshake(expired), 'CERT_HAS_EXPIRED');
  assert.equal(await handshake(wrongName), 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(await handshake(oldTls), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  assert.equal(
    await handshake(oldTls, { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    'TLSv1.1',
    'it does speak an old version',
  );
});

test('a lab has an authority of its own each time it starts', async () => {
  await using other = await startLab({ hostile: true });
  assert.notEqual(other.hostile!.ca, ground().ca);
  assert.equal(await handshake(other.hostile!.addresses.tls), 'CERT_SIGNATURE_FAILURE');
});

test('the port that resets, the port that greets and the port where nobody listens', async () => {
  const { resetOnAccept, bannerFirst, refused } = ground().addresses;
  const reset = await rawGet(portOf(resetOnAccept), '/');
  assert.deepEqual([reset.received, /^(ECONNRESET|EPIPE)$/.test(reset.ending)], ['', true]);
  assert.equal((await rawGet(portOf(bannerFirst), '/', 10)).received, '220 mail.example ESMTP\r\n');
  assert.equal((await rawGet(portOf(refused), '/')).ending, 'ECONNREFUSED');
});

test('a TLS hello that is never answered leaves the connection open', async () => {
  const { addresses } = ground();
  const socket = tlsConnect({ host: '127.0.0.1', port: portOf(addresses.handshakeHang) });
  await once(socket, 'connect');
  await request(`${context.lab.url}/delay/0.1`);
  assert.equal(socket.destroyed, false);
  socket.destroy();
});

async function askHttp2(url: string): Promise<string> {
  const session = connectHttp2(url, { ca: ground().ca });
  const errors: string[] = [];
  session.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
  session.on('goaway', (code, lastStream) => errors.push(`goaway ${code} ${lastStream}`));
  const stream = session.request({ ':path': '/get' });
  stream.on('error', () => undefined);
  let body = '';
  stream.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  await new Promise((resolve) => stream.once('close', resolve));
  session.close();
  if (!session.destroyed) await new Promise((resolve) => session.once('close', resolve));
  return [body, `code ${stream.rstCode}`, ...errors].join(', ');
}

test('GOAWAY and REFUSED_STREAM heal with the next request, RST_STREAM cuts every body', async () => {
  const { goaway, refusedStream, resetStream } = ground().addresses;
  assert.match(await askHttp2(goaway), /goaway 0 0/);
  assert.equal(await askHttp2(goaway), 'whole\n, code 0');
  assert.equal(await askHttp2(refusedStream), ', code 7');
  assert.equal(await askHttp2(refusedStream), 'whole\n, code 0');
  assert.equal(await askHttp2(resetStream), 'half of a b, code 2');
  assert.equal(await askHttp2(resetStream), 'half of a b, code 2');
  assert.deepEqual(
    [
      context.lab.hits.get('/http2/goaway'),
      context.lab.hits.get('/http2/refused-stream'),
      context.lab.hits.get('/http2/reset-body'),
    ],
    [2, 2, 2],
  );
});

test('the routes are served over HTTP/2 as well; those that need the bare socket say so', async () => {
  const { http2 } = ground().addresses;
  const session = connectHttp2(http2, { ca: ground().ca });
  const ask = async (path: string): Promise<[number, string]> => {
    const stream = session.request({ ':path': path });
    const [headers] = await once(stream, 'response');
    return [headers[':status'], await text(stream)];
  };
  assert.equal((await ask('/get?a=1'))[0], 200);
  assert.equal((await ask('/bytes/100000'))[1].length > 0, true);
  assert.deepEqual((await ask('/reset'))[0], 505);
  session.close();
  assert.match(await getTls(`${http2}/status/200`), /^$/);
});

async function tunnel(target: string): Promise<[status: string, socket: Socket]> {
  const socket = connect(portOf(ground().addresses.proxy), '127.0.0.1');
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return [bytes.toString().split('\r\n')[0] ?? '', socket];
}

test('the proxy tunnels to this machine and refuses the names it should', async () => {
  const [status, socket] = await tunnel(`anywhere.test:${context.lab.port}`);
  assert.equal(status, 'HTTP/1.1 200 Connection established');
  socket.write('GET /uuid HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK/);
  for (const [name, answer] of [
    ['forbidden.test', 403],
    ['bad-gateway.test', 502],
    ['gateway-timeout.test', 504],
    ['credentials.test', 407],
  ] as const) {
    const [refusal, refused] = await tunnel(`${name}:443`);
    assert.match(refusal, new RegExp(`^HTTP/1.1 ${answer} `));
    refused.destroy();
  }
  assert.equal(context.lab.hits.get('/proxy/forbidden.test'), 1);
});

test('names are looked up as on a bad day', async () => {
  const look = (name: string, all: boolean): Promise<unknown> =>
    new Promise((resolve) =>
      labLookup(name, { all }, (error, address, family) =>
        resolve(error === null ? [address, family] : [error.code, error.syscall]),
      ),
    );
  assert.deepEqual(await look('nowhere.lab.test', true), ['ENOTFOUND', 'getaddrinfo']);
  assert.deepEqual(await look('again.lab.test', true), ['EAI_AGAIN', 'getaddrinfo']);
  assert.deepEqual(await look('only-ipv6.lab.test', false), ['::1', 6]);
  assert.deepEqual(await look('zero.lab.test', false), ['0.0.0.0', 4]);
  const [both] = (await look('black-hole.lab.test', true)) as [{ family: number }[]];
  assert.deepEqual(
    both.map(({ family }) => family),
    [6, 4],
  );
  assert.deepEqual(await look('example.com', true), ['ENOTFOUND', 'getaddrinfo'], 'nothing leaves this machine');
});

test('closing a lab closes every port and connection of it', async () => {
  const lab = await startLab({ hostile: true });
  const sockets = [lab.port, portOf(lab.hostile!.addresses.handshakeHang)].map((port) => connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined);
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  while (lab.openConnections < 2) await new Promise(setImmediate);
  await Promise.all([lab.close(), ...sockets.map((socket) => once(socket, 'close'))]);
  assert.equal(lab.openConnections, 0);
  for (const url of Object.values(lab.hostile!.addresses).filter((value) => typeof value === 'string')) {
    assert.equal((await rawGet(portOf(url), '/')).ending, 'ECONNREFUSED', url);
  }
});
