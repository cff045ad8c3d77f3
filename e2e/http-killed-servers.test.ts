import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askThroughKills, runThroughKills, type StartKillable } from './support/killed-server.ts';
import { missing, PYTHON, startServer } from './support/server-process.ts';

const support = (name: string): string => fileURLToPath(new URL(`./support/${name}`, import.meta.url));
const servers: readonly [name: string, start: StartKillable, skip: string | false][] = [
  ['Node', (port) => startServer(port, process.execPath, [support('killable-server.mjs'), String(port)]), false],
  [
    'Python',
    (port) => startServer(port, PYTHON, [support('killable-server.py'), String(port)]),
    missing('python3', PYTHON, '--version'),
  ],
];

for (const [name, start, skip] of servers) {
  test(`a ${name} server killed three times under a run: no item is lost or wrong`, { skip, timeout: 60_000 }, () =>
    runThroughKills(start),
  );

  test(
    `a ${name} server killed three times under forty callers: every call ends, and no half body is ok`,
    {
      skip,
      timeout: 60_000,
    },
    () => askThroughKills(start),
  );
}
