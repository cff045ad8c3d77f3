import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { rawSockets } from './raw-sockets.ts';

/** What is asked for, over and over again. */
export interface BenchTarget {
  readonly url: string;
  readonly concurrency: number;
  /** The length of the body, decoded. */
  readonly bytes: number;
}

/** One call: true when status and length of the body are right. */
export interface BenchClient {
  readonly call: () => Promise<boolean>;
  readonly close?: () => Promise<void> | void;
}

const unzip = promisify(gunzip);

/** What is measured, each with what its documentation recommends for many requests to one host. */
export const clients: Record<string, (target: BenchTarget) => Promise<BenchClient>> = {
  session: (target) => sessionOver('wire', target),
  'session-undici': (target) => sessionOver('undici', target),
  raw: async (target) => rawSockets(target),
  dispatch: async ({ url, concurrency, bytes }) => {
    const { Pool } = await import('undici');
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: concurrency, connect: { rejectUnauthorized: false } });
    const isWhole = async (chunks: Buffer[]): Promise<boolean> => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      // Only the compressed bodies are not as long as asked for.
      return (body.length === bytes ? body : await unzip(body)).length === bytes;
    };
    return {
      call: () =>
        new Promise((resolve, reject) => {
          let status = 0;
          const chunks: Buffer[] = [];
          pool.dispatch(
            { path: pathname, method: 'GET' },
            {
              onRequestStart: () => {},
              onResponseStart: (_controller, statusCode) => {
                status = statusCode;
              },
              onResponseData: (_controller, chunk) => {
                chunks.push(chunk);
              },
              onResponseEnd: () => resolve(status === 200 && isWhole(chunks)),
              onResponseError: (_controller, error) => reject(error),
            },
          );
        }),
      close: () => pool.close(),
    };
  },
  request: async ({ url, concurrency, bytes }) => {
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent({ connections: concurrency, connect: { rejectUnauthorized: false } });
    return {
      call: async () => {
        const { statusCode, headers, body } = await request(url, { dispatcher });
        const content = await body.arrayBuffer();
        const { length } = headers['content-encoding'] === 'gzip' ? await unzip(content) : Buffer.from(content);
        return statusCode === 200 && length === bytes;
      },
      close: () => dispatcher.close(),
    };
  },
  /** In Node and in Bun. */
  fetch: async ({ url, bytes }) => ({
    call: async () => {
      const response = await fetch(url);
      return response.status === 200 && (await response.arrayBuffer()).byteLength === bytes;
    },
  }),
  got: async ({ url, concurrency, bytes }) => {
    const { default: got } = await import('got');
    const { http, https, close } = await agents(concurrency);
    const client = got.extend({ agent: { http, https }, retry: { limit: 0 }, https: { rejectUnauthorized: false } });
    return {
      call: async () => {
        const { statusCode, rawBody } = await client(url);
        return statusCode === 200 && rawBody.length === bytes;
      },
      close,
    };
  },
  axios: async ({ url, concurrency, bytes }) => {
    const { create } = await import('axios');
    const { http, https, close } = await agents(concurrency);
    const client = create({ httpAgent: http, httpsAgent: https, responseType: 'arraybuffer' });
    return {
      call: async () => {
        const { status, data } = await client.get<Buffer>(url);
        return status === 200 && data.length === bytes;
      },
      close,
    };
  },
};

async function sessionOver(
  transport: 'wire' | 'undici',
  { url, concurrency, bytes }: BenchTarget,
): Promise<BenchClient> {
  const { Session } = await import('@sluice/http');
  const tls = { rejectUnauthorized: false };
  const session = new Session({ transport, maxConnectionsPerOrigin: concurrency, keepAliveMs: 60_000, tls });
  return {
    call: async () => {
      const reply = await session.get(url);
      return reply.status === 200 && reply.body.length === bytes;
    },
    close: () => session.close(),
  };
}

/** What got and axios have their connections kept by. */
async function agents(maxSockets: number): Promise<{
  http: import('node:http').Agent;
  https: import('node:https').Agent;
  close: () => void;
}> {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets };
  const both = {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, rejectUnauthorized: false, maxCachedSessions: 0 }),
  };
  return {
    ...both,
    close: () => {
      both.http.destroy();
      both.https.destroy();
    },
  };
}
