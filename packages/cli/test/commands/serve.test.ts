import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { startLab } from '@sluice/lab';
import { sluice, start } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('ps and status see a run that sluice serve has under way, and say how it stands when the service has ended', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const options = { cwd: folder.path };
  const serving = start(['serve', '--port', '0', '--folder', 'runs', '--grace', '50ms'], options);
  try {
    const [address] = (await once(serving.child.stdout!, 'data')) as [string];
    await using session = new Session({ baseUrl: address.trim() });
    const urls = [`${lab.url}/get`, `${lab.url}/delay/50`];
    const submitted = await session.post('/api/v1/runs', { json: { verb: 'fetch', urls } });
    assert.equal(submitted.status, 201, submitted.text());
    const { id } = submitted.json<{ id: string }>();
    const settled = async (): Promise<number> =>
      (await session.get(`/api/v1/runs/${id}`)).json<{ progress: { settled: number } }>().progress.settled;
    while ((await settled()) < 1) await new Promise((resolve) => setTimeout(resolve, 20));

    const ledger = join('runs', `${id}.run.db`);
    const status = await sluice(['status', ledger, '--json'], options);
    assert.equal(status.code, 0, status.stderr);
    assert.equal((JSON.parse(status.stdout) as { state: string }).state, 'running');
    const tree = await sluice(['ps', ledger], options);
    assert.equal(tree.code, 0, tree.stderr);
    assert.match(tree.stdout, new RegExp(`^process ${serving.child.pid}: `));
    assert.match(tree.stdout, /delay\/50/);

    serving.child.kill('SIGINT');
    assert.equal((await serving.ended).code, 0);
    const after = await sluice(['status', ledger, '--json'], options);
    assert.equal((JSON.parse(after.stdout) as { state: string }).state, 'stopped');
    const gone = await sluice(['ps', ledger], options);
    assert.deepEqual([gone.code, gone.stderr.includes('not under way')], [2, true]);
  } finally {
    serving.child.kill('SIGKILL');
    await serving.ended;
  }
});
