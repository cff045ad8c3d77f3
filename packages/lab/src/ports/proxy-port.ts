import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { HitCounter } from '../hit-counter.ts';

/** What the proxy says to a CONNECT for these names; any other name leads to this machine, and nowhere else. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['forbidden.test', '403 Forbidden'],
  ['bad-gateway.test', '502 Bad Gateway'],
  ['gateway-timeout.test', '504 Gateway Timeout'],
  ['credentials.test', '407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="sluice lab"'],
]);

/** An HTTP proxy (CONNECT, RFC 9110 9.3.6) that refuses some names. Every CONNECT is counted as `/proxy/<name>`. */
export function proxyServer(hits: HitCounter): Server {
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('this port is a proxy: it takes CONNECT\n');
  });
  server.on('connect', (request, socket: Socket, early: Buffer) => {
    socket.on('error', () => undefined);
    const [host = '', port = ''] = (request.url ?? '').split(/:(?=\d+$)/);
    hits.countRequest(`/proxy/${host}`);
    const refusal = ANSWERS.get(host);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: Number(port) });
    upstream.on('error', () => socket.destroy());
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
    upstream.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(early);
      upstream.pipe(socket).pipe(upstream);
    });
  });
  return server;
}
