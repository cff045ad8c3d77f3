import { request as nodeRequest } from 'node:http';
import { Client } from 'undici';

/** What a client made of a response: `undefined` for an error. Body in latin1. */
export interface Heard {
  readonly status: number;
  readonly body: string;
}

/** What it was instead of a reply: the peer's own words. */
export interface Refusal {
  readonly refused: string;
}

const LONGEST_MS = 1000;

/** undici's client, a new one each time. */
export async function hearByUndici(port: number, method: string): Promise<Heard | Refusal> {
  const client = new Client(`http://127.0.0.1:${port}`, { headersTimeout: LONGEST_MS, bodyTimeout: LONGEST_MS });
  try {
    const { statusCode, body } = await client.request({
      path: '/',
      method: method as 'GET',
      body: method === 'POST' ? 'x' : null,
    });
    return { status: statusCode, body: Buffer.from(await body.arrayBuffer()).toString('latin1') };
  } catch (error) {
    return { refused: describe(error) };
  } finally {
    await client.destroy();
  }
}

/** Node's own client, without an agent that keeps anything. */
export function hearByNode(port: number, method: string): Promise<Heard | Refusal> {
  const { promise, resolve } = Promise.withResolvers<Heard | Refusal>();
  const request = nodeRequest({ port, host: '127.0.0.1', method, agent: false, timeout: LONGEST_MS }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', (error) => resolve({ refused: describe(error) }));
    response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString('latin1') }));
    response.on('aborted', () => resolve({ refused: 'aborted' }));
  });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('upgrade', (_response, socket) => {
    socket.destroy();
    resolve({ refused: 'upgraded' });
  });
  request.on('error', (error) => resolve({ refused: describe(error) }));
  request.on('close', () => resolve({ refused: 'closed' }));
  request.end(method === 'POST' ? 'x' : undefined);
  return promise;
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `${code ?? ''} ${message}`.trim();
}
