/** One server, measured while a client in another process asks it: `plain`, `scopes`, `run` (GET /api/v1/runs/:id) or `list` (GET /api/v1/runs). */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defineJob, from } from '@sluice/engine';
import { createService, requestScopes } from '@sluice/service';
import Fastify from 'fastify';
import { measure } from '../support/measure.ts';

interface Served extends AsyncDisposable {
  readonly url: string;
}

const [kind, requests, connections] = [process.argv[2]!, Number(process.argv[3]), process.argv[4]!];

async function serveRoute(withScopes: boolean): Promise<Served> {
  const app = Fastify();
  if (withScopes) await app.register(requestScopes);
  app.get('/', async () => ({ hello: 'world' }));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${url}/`, [Symbol.asyncDispose]: async () => void (await app.close()) };
}

async function serveRun(path: (id: string) => string): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const nothing = defineJob({ source: from.iterable([1, 2, 3]), idempotent: true, step: async () => null });
  const service = await createService({ port: 0, folder, jobs: { nothing } });
  const { json } = await inject('POST', '/api/v1/runs', { job: 'nothing' });
  while ((await inject('GET', `/api/v1/runs/${json.id}`)).json.state !== 'complete') await wait(10);
  return {
    url: service.url + path(json.id),
    async [Symbol.asyncDispose]() {
      await service.close();
      await rm(folder, { recursive: true });
    },
  };

  async function inject(method: 'GET' | 'POST', url: string, payload?: object) {
    const headers = { host: 'localhost' };
    const answer = await service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { json: answer.json() as { id: string; state: string } };
  }
}

const SERVERS: Record<string, () => Promise<Served>> = {
  plain: () => serveRoute(false),
  scopes: () => serveRoute(true),
  run: () => serveRun((id) => `/api/v1/runs/${id}`),
  list: () => serveRun(() => '/api/v1/runs'),
};

await using server = await SERVERS[kind]!();

async function load(count: number): Promise<{ ok: number; seconds: number }> {
  const client = fork(new URL('./load.ts', import.meta.url), [server.url, String(count), connections]);
  const [answer] = (await once(client, 'message')) as [{ ok: number; seconds: number }];
  await once(client, 'exit');
  return answer;
}

await load(Math.ceil(requests / 10));
await measure(requests, () => load(requests));
