import { fileURLToPath } from 'node:url';
import { type Comparison, compare } from '../support/compare.ts';

const REQUESTS = 40_000;
const CONNECTIONS = 50;

/** What scopes cost a trivial route, and what the service's own routes cost beside it; the client runs in another process. */
export async function serviceSuite(rounds: number): Promise<Comparison[]> {
  const contender = (name: string, kind: string) => ({
    name,
    command: [
      'node',
      '--conditions=@sluice/source',
      fileURLToPath(new URL('./server.ts', import.meta.url)),
      kind,
      String(REQUESTS),
      String(CONNECTIONS),
    ] as [string, ...string[]],
  });
  return [
    compare(
      `${REQUESTS.toLocaleString('en')} GETs over ${CONNECTIONS} connections`,
      [
        contender('Fastify, a trivial route', 'plain'),
        contender('Fastify with requestScopes, the same route', 'scopes'),
        contender('service, GET /api/v1/runs/:id', 'run'),
        contender('service, GET /api/v1/runs with one run', 'list'),
      ],
      rounds,
    ),
  ];
}
