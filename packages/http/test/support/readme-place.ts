import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { CERTIFICATE, KEY } from './certificates.ts';
import { response } from './raw-server.ts';

/** A folder of its own for an example: with the packages of the workspace and the files that the README speaks of. */
export async function readmeFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-http-'));
  await symlink(new URL('../../../../node_modules', import.meta.url), join(path, 'node_modules'));
  await writeFile(join(path, 'package.json'), '{"type":"module"}');
  await writeFile(join(path, 'ca.pem'), CERTIFICATE);
  await writeFile(join(path, 'client.pem'), CERTIFICATE);
  await writeFile(join(path, 'client.key'), KEY);
  await writeFile(join(path, 'photo.jpg'), 'not really a photo');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The server that most examples speak with. */
export async function readmeServer(): Promise<AsyncDisposable & { url: string }> {
  const server = createHttpServer((request, answer) => {
    request.resume();
    request.on('end', () => reply(request, answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function reply(request: IncomingMessage, answer: ServerResponse): void {
  // A proxy is asked by the whole URL.
  const path = request.url!.replace(/^http:..[^/]*/, '');
  if (path === '/slow') return;
  if (path === '/login') answer.writeHead(303, { 'set-cookie': 'user=ada; HttpOnly', location: '/me' }).end();
  else if (path === '/me') answer.end(request.headers.cookie ?? 'nobody');
  else if (path === '/tagged')
    answer.writeHead(request.headers['if-none-match'] === '"v1"' ? 304 : 200, { etag: '"v1"' }).end();
  else if (path === '/private') answer.writeHead(request.headers.authorization === 'Bearer fresh' ? 200 : 401).end();
  else if (path === '/busy') answer.writeHead(503, { 'retry-after': '1' }).end('later');
  else answer.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"Ada"}');
}

/** A server that asks for a certificate and answers with its name. */
export async function certificateServer(): Promise<AsyncDisposable & { url: string; port: number }> {
  const sockets = new Set<TLSSocket>();
  const options = { key: KEY, cert: CERTIFICATE, ca: CERTIFICATE, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => socket.write(response(200, [], `client ${socket.getPeerCertificate().subject.CN}`)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** A server that speaks HTTP/2. */
export async function http2Server(): Promise<AsyncDisposable & { url: string }> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createSecureServer({ key: KEY, cert: CERTIFICATE });
  server.on('session', (session) => void sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end('{"name":"Ada"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
