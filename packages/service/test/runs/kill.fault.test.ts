import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { send, untilState } from '../support/client.ts';
import { startService, temporaryFolder } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';

test('after kill -9 the next service says that a run was interrupted, one that waited was stopped, and both go on to their end', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const child = fork(new URL('./serving-program.ts', import.meta.url), [folder.path], {
    execArgv: ['--conditions=@sluice/source'],
  });
  const [url] = (await once(child, 'message')) as [string];
  const urls = Array.from({ length: 40 }, (_, n) => `${lab.url}/delay/0.05?n=${n}`);
  const ids: string[] = [];
  for (let n = 0; n < 2; n++)
    ids.push((await send(url, 'POST', RUNS, { json: { verb: 'fetch', urls, perHost: 2 } })).json.id);
  while (lab.hits.total < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await once(child, 'exit');

  await using service = await startService({ folder: folder.path });
  const states = await Promise.all(ids.map(async (id) => (await send(service.url, 'GET', `${RUNS}/${id}`)).json.state));
  assert.deepEqual(states, ['interrupted', 'stopped']);
  for (const id of ids) {
    assert.equal((await send(service.url, 'POST', `${RUNS}/${id}/resume`)).status, 202);
    const run = await untilState(service.url, id, 'complete');
    assert.deepEqual([run.progress.done, run.progress.settled], [40, 40]);
  }
});
