import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  readonly json: any;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** One request by node:http on a connection of its own, the whole body read; rejects if it does not come whole. */
export async function request(url: string, options: RequestOptions = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { method = 'GET', body: sent } = options;
  // node:http frames no body of a DELETE by itself.
  const length: Record<string, string> =
    sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) };
  const outgoing = httpRequest(url, { method, headers: { ...length, ...options.headers }, agent: false });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    buffer(response).then((body) => {
      const text = body.toString();
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body,
        text,
        get json() {
          return JSON.parse(text);
        },
      });
    }, reject);
  });
  outgoing.end(sent);
  return await promise;
}

export interface RawReply {
  /** What arrived, as Latin-1. */
  readonly received: string;
  /** How it ended: 'end' for FIN, 'open' if `enough` bytes arrived first, else the error's code. */
  readonly ending: string;
}

/** One GET over a bare socket, with exactly what the server sent. Stops reading once `enough` bytes are there. */
export async function rawGet(port: number, path: string, enough: number = Number.POSITIVE_INFINITY): Promise<RawReply> {
  const { promise, resolve } = Promise.withResolvers<RawReply>();
  const socket = connect(port, '127.0.0.1');
  let received = '';
  const finish = (ending: string): void => {
    resolve({ received, ending });
    socket.destroy();
  };
  socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`));
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    if (received.length >= enough) finish('open');
  });
  socket.on('end', () => finish('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  return await promise;
}
