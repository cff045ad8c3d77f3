import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { sluice } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CASES: readonly (readonly [what: string, args: readonly string[], line: RegExp])[] = [
  ['a list that is not there', ['fetch', 'nope.txt'], /cannot read nope\.txt: there is no such file/],
  ['a list that is a folder', ['fetch', 'folder'], /folder is a directory: name the file/],
  ['an empty list', ['fetch', 'empty.txt'], /empty\.txt has no item/],
  ['a list of comments only', ['fetch', 'comments.txt'], /comments\.txt has no item/],
  [
    'an output in a folder that is not there',
    ['fetch', 'urls.txt', '-o', 'x/y.jsonl'],
    /cannot write x\/y\.jsonl: its folder/,
  ],
  ['an output that is a folder', ['fetch', 'urls.txt', '-o', 'folder'], /cannot write folder: it is a folder/],
  ['an output that is the list', ['fetch', 'list.jsonl', '-o', 'list.jsonl'], /what this command reads/],
  ['a ledger that is none', ['fetch', 'urls.txt', '--ledger', 'list.jsonl'], /list\.jsonl/],
  ['a ledger that is none, moved aside', ['fetch', 'urls.txt', '--ledger', 'list.jsonl', '--fresh'], /list\.jsonl/],
  ['a status of what is no ledger', ['status', 'list.jsonl'], /list\.jsonl/],
  ['no run here', ['status'], /there is no run here/],
  ['an unknown run', ['failures', 'abcdef'], /no ledger and no run 'abcdef'/],
  [
    'a secret in plain text',
    ['fetch', 'urls.txt', '--header', 'Authorization: Bearer abc'],
    /is a secret.*env:VARIABLE/,
  ],
  ['a header that is none', ['fetch', 'urls.txt', '--header', 'abc'], /is no header/],
  ['a concurrency of nothing', ['fetch', 'urls.txt', '--concurrency', '0'], /Give a whole number of 1 or more/],
  ['a duration that is none', ['fetch', 'urls.txt', '--timeout', 'soon'], /Write a duration such as/],
  ['an unknown option', ['fetch', '--concurency', '4', 'urls.txt'], /unknown option.*Did you mean --concurrency\?/],
  ['an unknown command', ['fetsh'], /unknown command 'fetsh' \(Did you mean fetch\?\)/],
  ['an unknown command like none', ['xyzzy\x1b[2J'], /unknown command 'xyzzy\\x1b\[2J'; see sluice --help/],
  ['a missing argument', ['sql', 'urls.run.db'], /missing required argument 'statement'; see sluice sql --help/],
  ['an unknown class', ['retry', '--class', 'tired'], /The classes are ok, throttled/],
  ['an unknown column', ['failures', '--by', 'mood'], /There are class, host, code, shape/],
];

for (const [what, args, line] of CASES) {
  test(`${what} is refused in one line with status 2, and nothing is made`, async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'folder'));
    await writeFile(join(folder.path, 'empty.txt'), '');
    await writeFile(join(folder.path, 'comments.txt'), '# nothing\n\n');
    await writeFile(join(folder.path, 'urls.txt'), 'http://127.0.0.1:9/\n');
    await writeFile(join(folder.path, 'list.jsonl'), 'this is not a ledger, it is a list\n');
    const before = await readdir(folder.path);
    const { code, stdout, stderr } = await sluice(args, { cwd: folder.path });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, line);
    assert.match(stderr, /^sluice: \P{Cc}*\n$/u);
    assert.deepEqual(await readdir(folder.path), before);
  });
}

test('a port in use is refused in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await using folder = await temporaryFolder();
  const { code, stderr } = await sluice(['lab', '--port', String(port)], { cwd: folder.path });
  server.close();
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`^sluice: port ${port} on 127\\.0\\.0\\.1 is already in use.*\\n$`));
});

test('a list that belongs to a lab that does not run is not begun', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'urls.txt'), 'http://127.0.0.1:1/item/1\n');
  await writeFile(join(folder.path, 'lab.json'), '{"port":1,"seed":7}');
  const { code, stderr } = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(code, 2);
  assert.match(stderr, /`sluice lab --port 1 --seed 7`/);
  assert.ok(!(await readdir(folder.path)).includes('urls.run.db'));
});
