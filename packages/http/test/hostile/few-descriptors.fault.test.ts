import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { hostileCases, startLab } from '@sluice/lab';
import { EXPECTATIONS } from './expectations.ts';
import { TRANSPORTS } from './outcome-of.ts';

/** Node itself holds about twenty. */
const DESCRIPTORS = 48;
const PROGRAM = new URL('ask-with-few-descriptors.ts', import.meta.url).pathname;

for (const transport of TRANSPORTS) {
  test(`few-descriptors over ${transport}: what finds no descriptor was not sent, and our own side is to blame`, async () => {
    await using lab = await startLab({ hostile: true });
    const hostile = hostileCases.find(({ needs }) => needs === 'few-descriptors')!;
    const command = `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`;
    const args = ['--conditions=@sluice/source', PROGRAM, hostile.url(lab.hostile!.addresses), transport];
    const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, ...args]);
    const { outcomes, after } = JSON.parse(stdout) as { outcomes: string[]; after: string };
    const { class: failure, code, phase } = EXPECTATIONS['few-descriptors']!;
    const failed = outcomes.filter((outcome) => outcome !== 'ok 200');
    assert.deepEqual([...new Set(failed)], [`${failure} ${code} ${phase} sent false`]);
    assert.ok(failed.length > 0 && failed.length < outcomes.length, `${failed.length} of ${outcomes.length} failed`);
    assert.equal(after, 'ok 200', 'it goes on as soon as there are descriptors again');
    assert.equal(lab.hits.total, outcomes.length - failed.length + 1);
  });
}
