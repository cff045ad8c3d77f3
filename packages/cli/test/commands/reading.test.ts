import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Lab, startLab } from '@sluice/lab';
import { childEnv, type Ended, sluice } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let lab: Lab;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

before(async () => {
  lab = await startLab();
  folder = await temporaryFolder();
  const urls = [`${lab.url}/status/404?a`, `${lab.url}/status/404?b`, `${lab.url}/json`, `${lab.url}/fail-times/1?x`];
  for (let n = 0; n < 300; n++) urls.push(`${lab.url}/bytes/900?n=${n}`);
  await writeFile(join(folder.path, 'urls.txt'), `${urls.join('\n')}\nbad\x1b[2J\n`);
  const { code, stderr } = await run('fetch', 'urls.txt');
  assert.equal(code, 3, stderr);
});

after(async () => {
  await lab.close();
  await folder[Symbol.asyncDispose]();
});

function run(...args: readonly string[]): Promise<Ended> {
  return sluice(args, { cwd: folder.path });
}

test('status shows the run, and with --json the same for programs', async () => {
  const { code, stdout, stderr } = await run('status');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.match(stdout, /state +complete\n/);
  assert.match(stdout, /items +305 of 305 settled/);
  assert.match(stdout, /failed +3 +1\.0 %/);
  const json = JSON.parse((await run('status', 'urls.run.db', '--json')).stdout) as Record<string, unknown>;
  assert.equal(json.state, 'complete');
  assert.deepEqual(json.byState, { pending: 0, leased: 0, done: 302, failed: 3, 'in-doubt': 0 });
  const byId = await run('status', (json.run as string).slice(0, 8));
  assert.match(byId.stdout, new RegExp(json.run as string));
});

test('failures that look alike are one line', async () => {
  const { stdout } = await run('failures');
  assert.equal(stdout.trimEnd().split('\n').length, 3);
  assert.match(stdout, / +2 +client +127\.0\.0\.1:\d+ +HTTP_404/);
  assert.ok(!stdout.includes('\x1b'));
  assert.match(stdout, /bad\\x1b\[2J/);
  const [first] = (await run('failures', '--by', 'class,host', '--json')).stdout.split('\n');
  const { exampleKey, ...group } = JSON.parse(first!) as Record<string, unknown>;
  assert.deepEqual(group, { class: 'client', host: new URL(lab.url).host, count: 2 });
  assert.match(String(exampleKey), /\/status\/404\?[ab]$/);
});

test('show tells of every attempt, the result, and how to repeat it', async () => {
  const { code, stdout } = await run('show', 'urls.run.db', `${lab.url}/fail-times/1?x`);
  assert.equal(code, 0);
  assert.match(stdout, /attempt 1 {2}server HTTP_503/);
  assert.match(stdout, /attempt 2 {2}ok/);
  assert.match(stdout, /status 200/);
  assert.match(stdout, new RegExp(`repeat it with\ncurl .*--url '${lab.url}/fail-times/1\\?x'\n$`));
  assert.match((await run('show', 'urls.run.db', '3')).stdout, /body +\d+ B\n {2}\{/);
  assert.match((await run('show', 'urls.run.db', '5')).stdout, /not text: ([0-9a-f]{2} ?)+/);
  const bad = await run('show', 'urls.run.db', 'bad\x1b[2J');
  assert.match(bad.stdout, /input SLUICE_INPUT_URL/);
  assert.ok(!bad.stdout.includes('\x1b') && !bad.stdout.includes('curl'));
});

test('sql gives tab-separated values in a pipe and lines of JSON on request', async () => {
  const sql = "SELECT class, count(*) AS items, 'a\tb' AS tab, NULL AS none FROM outcome GROUP BY class ORDER BY class";
  const rows = (await run('sql', 'urls.run.db', sql)).stdout.split('\n').slice(0, -1);
  assert.deepEqual(rows, ['class\titems\ttab\tnone', 'client\t2\ta\\tb\t', 'input\t1\ta\\tb\t', 'ok\t302\ta\\tb\t']);
  const json = (await run('sql', 'urls.run.db', sql, '--json')).stdout.split('\n')[0]!;
  assert.deepEqual(JSON.parse(json), { class: 'client', items: 2, tab: 'a\tb', none: null });
  const body = (await run('sql', 'urls.run.db', 'SELECT body FROM outcome WHERE position = 5', '--json')).stdout;
  assert.equal(Buffer.from((JSON.parse(body) as { body: string }).body, 'base64').length, 900);
});

test('export writes every outcome, in the order of the list', async () => {
  const { code, stdout } = await run('export');
  assert.equal(code, 0);
  const positions = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { position: number }).position);
  assert.deepEqual(
    positions,
    Array.from({ length: 305 }, (_, index) => index + 1),
  );
  assert.match((await run('export', '-o', 'out.csv')).stderr, /^305 items written to out\.csv\n$/);
});

for (const command of ['export', "sql urls.run.db 'SELECT key, hex(body) FROM outcome'", 'failures', '--help']) {
  test(`a reader that has seen enough of \`${command}\` ends it quietly with status 0`, async () => {
    const script = `"$NODE" --conditions=@sluice/source "$MAIN" ${command} | head -c 20 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const env = childEnv({ NODE: process.execPath, MAIN });
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: folder.path, env });
    assert.deepEqual({ stdout, stderr }, { stdout: '0\n', stderr: '' });
  });
}
