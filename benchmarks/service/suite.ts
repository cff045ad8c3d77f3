import { fileURLToPath } from 'node:url';
import { type Comparison, type Contender, compare } from '../support/compare.ts';
import { hasPython, PYTHON } from '../support/program.ts';

const REQUESTS = 40_000;
const CONNECTIONS = 50;

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** What scopes cost a trivial route, and what the service's own routes cost beside it; the client runs in another process. */
export async function serviceSuite(rounds: number): Promise<Comparison[]> {
  const load = [String(REQUESTS), String(CONNECTIONS)];
  const contender = (name: string, kind: string): Contender => ({
    name,
    command: ['node', path('./server.ts'), kind, ...load],
  });
  const contenders = [
    contender('Fastify, a trivial route', 'plain'),
    contender('Fastify with requestScopes, the same route', 'scopes'),
    contender('service, GET /api/v1/runs/:id', 'run'),
    contender('service, GET /api/v1/runs with one run', 'list'),
  ];
  if (await hasPython(['fastapi', 'uvicorn', 'uvloop', 'httptools'], 'FastAPI'))
    contenders.push({
      name: 'FastAPI + uvicorn (uvloop, httptools), the same route',
      command: [PYTHON, path('./app.py'), process.execPath, ...load],
    });
  const title = `${REQUESTS.toLocaleString('en')} GETs over ${CONNECTIONS} connections, the server's own CPU time`;
  return [compare(title, contenders, rounds)];
}
