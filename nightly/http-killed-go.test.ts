import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askThroughKills, runThroughKills } from '../e2e/support/killed-server.ts';
import { missing, startServer } from '../e2e/support/server-process.ts';
import { temporaryFolder } from '../e2e/support/sluice.ts';

const skip = missing('Go', 'go', 'version');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

before(async () => {
  folder = await temporaryFolder();
  if (skip !== false) return;
  const source = fileURLToPath(new URL('./support/killable-server.go', import.meta.url));
  execFileSync('go', ['build', '-o', folder.file('server'), source]);
});

after(() => folder[Symbol.asyncDispose]());

const start = (port: number) => startServer(port, folder.file('server'), [String(port)]);

test('a Go server killed three times under a run: no item is lost or wrong', { skip, timeout: 60_000 }, () =>
  runThroughKills(start),
);

test(
  'a Go server killed three times under forty callers: every call ends, and no half body is ok',
  {
    skip,
    timeout: 60_000,
  },
  () => askThroughKills(start),
);
