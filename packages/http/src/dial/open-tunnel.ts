import type { Socket } from 'node:net';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { ProxyServer, Route } from './proxy-table.ts';

/** The largest answer of a proxy to CONNECT. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Asks a proxy, over a connected socket, for a tunnel to a host (CONNECT, RFC 9110 9.3.6). `done` is called once, without an argument when
 * the socket leads to the host. What the proxy says otherwise: 407 is `proxy-auth`, another 4xx or 3xx `proxy-refused`, and 5xx `connect`, as
 * it could not reach the host; in any case nothing was sent to the host.
 */
export function openTunnel(
  socket: Socket,
  { host, port }: Route,
  proxy: ProxyServer,
  done: (failure?: TransportFailure) => void,
): void {
  const name = host.includes(':') ? `[${host}]` : host;
  const at = `the proxy ${proxy.host}:${proxy.port}`;
  let head: Buffer = Buffer.alloc(0);
  const finish = (failure?: TransportFailure): void => {
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
    socket.off('error', onError);
    done(failure);
  };
  const onEnd = (): void => finish(new TransportFailure('connect', `${at} closed the connection before its answer`));
  const onError = (error: Error): void =>
    finish(new TransportFailure('connect', `the connection to ${at} broke`, error));
  const onReadable = (): void => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAX_HEAD_BYTES) continue;
      const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)[ \r]/.exec(head.toString('latin1', 0, 14))?.[1] ?? 0);
      if (end < 0 || status === 0) {
        finish(new TransportFailure('malformed', `${at} does not answer CONNECT with HTTP`));
        return;
      }
      const rest = head.subarray(end + 4);
      head = Buffer.alloc(0);
      if (rest.length > 0) socket.unshift(rest);
      if (status < 200) continue;
      finish(status < 300 ? undefined : refusal(status, at, `${name}:${port}`));
      return;
    }
  };
  socket.on('readable', onReadable);
  socket.once('end', onEnd);
  socket.once('error', onError);
  const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${name}:${port} HTTP/1.1\r\nHost: ${name}:${port}\r\n${authorization}\r\n`);
}

function refusal(status: number, at: string, host: string): TransportFailure {
  if (status === 407)
    return new TransportFailure('proxy-auth', `${at} wants a user and a password that it knows (407)`);
  if (status >= 500) return new TransportFailure('connect', `${at} has no connection to ${host} (${status})`);
  return new TransportFailure('proxy-refused', `${at} refuses a tunnel to ${host} (${status})`);
}
