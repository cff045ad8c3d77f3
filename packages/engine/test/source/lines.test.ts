import assert from 'node:assert/strict';
import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { EngineError, from, type ItemSource, type ReadItem } from '@sluice/engine';
import { allOf } from '../support/all-of.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

async function itemsOf<T>(source: ItemSource<T>, cursor: string | null = null): Promise<ReadItem<T>[]> {
  return (await allOf(source.read(cursor))).flatMap((batch) => batch.items);
}

async function listOf(folder: TemporaryFolder, content: string | Buffer): Promise<string> {
  const path = folder.path('list.txt');
  await writeFile(path, content);
  return path;
}

function shown(items: readonly ReadItem<unknown>[]): unknown[] {
  return items.map(({ position, key, input }) => [
    position,
    key,
    input.ok ? input.value : (input.error as EngineError).code,
  ]);
}

async function rejection(work: Promise<unknown>): Promise<EngineError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

test('each line is an item under its own number; blank lines and comments are none; space around it is not part of it', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, '\ufeff# urls\r\n\r\n  http://a/ \rhttp://b/\n\t# end\nhttp://c/');
  assert.deepEqual(shown(await itemsOf(from.lines(path))), [
    [3, 'http://a/', 'http://a/'],
    [4, 'http://b/', 'http://b/'],
    [6, 'http://c/', 'http://c/'],
  ]);
});

test('a byte-order mark in front of a comment does not make an item of it', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, '\ufeff# list\na\n');
  assert.deepEqual(shown(await itemsOf(from.lines(path))), [[2, 'a', 'a']]);
});

test('lines that are no text, have a NUL in them or are too long are items that say so, and the lines around them are read', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(
    folder,
    Buffer.concat([
      Buffer.from('first\n'),
      Buffer.from([0xff, 0xfe, 0x41, 10]),
      Buffer.from('a\0b\n'),
      Buffer.alloc(10 * 1024 * 1024, 'x'),
      Buffer.from('\nlast'),
    ]),
  );
  const items = await itemsOf(from.lines(path));
  assert.deepEqual(shown(items), [
    [1, 'first', 'first'],
    [2, 'line 2', 'SLUICE_INPUT_TEXT'],
    [3, 'line 3', 'SLUICE_INPUT_TEXT'],
    [4, 'line 4', 'SLUICE_INPUT_TOO_LONG'],
    [5, 'last', 'last'],
  ]);
  for (const { input } of items) {
    if (!input.ok) assert.equal((input.error as EngineError).outcomeClass, 'input');
  }
});

test('what could not be kept of a bad line is not taken for an item when it is tried again', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, Buffer.from([0xff, 10]));
  for (const source of [from.lines(path), from.jsonl(path)]) {
    const [item] = await itemsOf<unknown>(source);
    assert.throws(() => source.parse(item!.text!), { code: 'SLUICE_INPUT_LOST' });
  }
  const [item] = await itemsOf(from.iterable([undefined]));
  assert.throws(() => from.iterable([undefined]).parse(item!.text!), { code: 'SLUICE_INPUT_LOST' });
});

test('JSON lines are keyed by their numbers, and a broken one names its number', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, '{"id":1}\n\n[1,2]\n{"id":\n"text"\n12345678901234567890\n');
  const source = from.jsonl(path);
  const items = await itemsOf(source);
  assert.deepEqual(shown(items), [
    [1, '1', { id: 1 }],
    [3, '3', [1, 2]],
    [4, '4', 'SLUICE_INPUT_JSON'],
    [5, '5', 'text'],
    [6, '6', Number('12345678901234567890')],
  ]);
  const broken = items[2]!.input;
  assert.match(broken.ok ? '' : broken.error.message, /^line 4: no JSON value: /);
  // What the ledger keeps is the text as it was: no digit is lost there.
  assert.equal(items[4]!.text, '12345678901234567890');
  assert.throws(() => source.parse('{"id":'), { code: 'SLUICE_INPUT_JSON', outcomeClass: 'input' });
});

test('a file goes on from the cursor of any batch, with the numbers that its lines have', async () => {
  await using folder = await temporaryFolder();
  // Lines of 9 bytes with CRLF: chunks of 64 KiB end inside a line, between CR and LF, and behind LF.
  const lines = Array.from({ length: 60_000 }, (_, index) => `u${String(index + 1).padStart(6, '0')}`);
  const path = await listOf(folder, lines.join('\r\n'));
  const source = from.lines(path);
  const batches = await allOf(source.read(null));
  assert.ok(batches.length > 5);
  const whole = batches.flatMap((batch) => batch.items);
  assert.deepEqual(
    whole.map(({ key }) => key),
    lines,
  );
  let seen = 0;
  for (const { items, to } of batches) {
    seen += items.length;
    const rest = await itemsOf(source, to);
    assert.equal(rest.length, lines.length - seen);
    assert.deepEqual(rest[0], whole[seen]);
  }
});

test('a file is counted exactly, without blank lines and comments', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, '# c\na\n\nb\r\nc');
  assert.equal(await from.lines(path).count?.(), 3);
  assert.equal(await from.lines(Readable.from(['a\n'])).count?.(), null);
  assert.equal(await from.iterable([1, 2]).count?.(), 2);
  assert.equal(await from.iterable(new Set([1])).count?.(), null);
});

test('a large file is counted by its lines', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, '0123456789\n'.repeat(500_000));
  assert.equal(await from.lines(path).count?.(), 500_000);
});

test('a stream is read as it comes, cut anywhere, even inside a character', async () => {
  const bytes = Buffer.from('grün\nrot\r\nblau');
  const source = from.lines(Readable.from(Array.from(bytes, (byte) => Buffer.from([byte]))));
  assert.deepEqual(await source.facts(), { name: 'stream', fingerprint: null });
  assert.deepEqual(shown(await itemsOf(source)), [
    [1, 'grün', 'grün'],
    [2, 'rot', 'rot'],
    [3, 'blau', 'blau'],
  ]);
});

test('an iterable gives its values; a text is its own key, anything else is known by its position', async () => {
  async function* slowly(): AsyncGenerator<unknown> {
    yield 'a';
    yield { x: 1 };
  }
  assert.deepEqual(shown(await itemsOf(from.iterable(slowly()))), [
    [1, 'a', 'a'],
    [2, '2', { x: 1 }],
  ]);
  const many = await allOf(from.iterable(Array.from({ length: 1000 }, (_, index) => index)).read(null));
  assert.deepEqual(
    many.map((batch) => batch.items.length),
    [256, 256, 256, 232],
  );
  assert.deepEqual(shown(await itemsOf(from.iterable([() => 1]))), [[1, '1', 'SLUICE_INPUT_JSON']]);
  assert.throws(() => from.iterable(3 as never), { code: 'SLUICE_USAGE' });
});

test('what a text iterable kept is the text again', async () => {
  for (const value of ['plain', '5', '"quoted"', '{"a":1}', { a: 1 }, 5, null]) {
    const source = from.iterable([value]);
    const [item] = await itemsOf(source);
    assert.deepEqual(source.parse(item!.text ?? item!.key), value);
  }
});

test('a missing file, a directory and a list without an item are refused before a run begins, with what to do', async () => {
  await using folder = await temporaryFolder();
  const missing = await rejection(from.lines(folder.path('none.txt')).facts());
  assert.deepEqual([missing.code, /there is no such file/.test(missing.message)], ['SLUICE_SOURCE_UNREADABLE', true]);
  const directory = await rejection(from.lines(folder.path('.')).facts());
  assert.deepEqual([directory.code, /is a directory/.test(directory.message)], ['SLUICE_SOURCE_UNREADABLE', true]);
  for (const content of ['', '\n\r\n \r', '# only\n# comments', '\ufeff']) {
    const empty = await rejection(from.lines(await listOf(folder, content)).facts());
    assert.equal(empty.code, 'SLUICE_SOURCE_EMPTY', JSON.stringify(content));
  }
  const stream = await rejection(itemsOf(from.lines(Readable.from(['# nothing\n']))));
  assert.equal(stream.code, 'SLUICE_SOURCE_EMPTY');
});

test('a list whose first item comes after megabytes of comments is no empty list', async () => {
  await using folder = await temporaryFolder();
  const path = await listOf(folder, `${'# comment\n'.repeat(300_000)}a\n`);
  assert.notEqual((await from.lines(path).facts()).fingerprint, null);
  assert.deepEqual(shown(await itemsOf(from.lines(path))), [[300_001, 'a', 'a']]);
});

test('the fingerprint tells a file from what it was when its size or either of its ends changed', async () => {
  await using folder = await temporaryFolder();
  const fingerprintOf = async (content: string): Promise<string | null> => {
    const path = await listOf(folder, content);
    await utimes(path, 1_700_000_000, 1_700_000_000);
    return (await from.lines(path).facts()).fingerprint;
  };
  const middle = 'm'.repeat(300_000);
  const original = await fingerprintOf(`a${middle}z`);
  assert.equal(await fingerprintOf(`a${middle}z`), original, 'the same content again is the same list');
  const others = [`b${middle}z`, `a${middle}y`, `a${middle}zz`];
  for (const content of others) assert.notEqual(await fingerprintOf(content), original);
  const path = await listOf(folder, 'a\n');
  const before = await from.lines(path).facts();
  await appendFile(path, 'b\n');
  assert.notDeepEqual(await from.lines(path).facts(), before);
});
