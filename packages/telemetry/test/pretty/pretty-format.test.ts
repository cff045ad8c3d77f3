import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Cleaner } from '../../src/fields/cleaner.ts';
import { wantsColour } from '../../src/pretty/paint.ts';
import { prettyFormat } from '../../src/pretty/pretty-format.ts';

const TIME = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();

function pretty(fields: Record<string, unknown>, isTerminal = true, environment = {}): string {
  const line = JSON.stringify({ level: 'info', time: TIME, msg: 'hello', ...(new Cleaner().value(fields) as object) });
  return prettyFormat({ isTerminal, environment })(line);
}

test('a line shows the time of day, the level, the message and the fields', () => {
  const fields = { status: 200, url: 'https://a.test/?a=b', text: 'two words', none: null, list: [1, 'x'], empty: '' };
  assert.equal(
    pretty(fields, true, { NO_COLOR: '1' }),
    '03:04:05.006 INFO  hello  status=200 url=https://a.test/?a=b text="two words" none=null list=[1,"x"] empty=""\n',
  );
});

test('a file gets the date, too', () => {
  assert.equal(pretty({}, false), '2026-01-02 03:04:05.006 INFO  hello\n');
});

test('further lines of a message are indented, so that none can pass for a line of the log', () => {
  assert.equal(
    pretty({ msg: 'one\r\n03:04:05.006 INFO  forged\n\ttabbed' }, true, { NO_COLOR: '1' }),
    '03:04:05.006 INFO  one\n    03:04:05.006 INFO  forged\n        tabbed\n',
  );
});

test('errors are shown below with their code, causes, group and what came besides', () => {
  const inner = Object.assign(new Error('inner'), { stack: 'Error: inner\n    at b', code: 'EX' });
  const group = Object.assign(new AggregateError([inner, 'text'], 'group', { cause: inner }), {
    stack: 'AggregateError: group',
    taskNames: ['first', null],
  });
  const error = Object.assign(new TypeError('outer', { cause: group }), { stack: 'TypeError: outer\n    at a' });
  const disposal = Object.assign(new SuppressedError(inner, 'before', 'both'), { stack: 'SuppressedError: both' });
  assert.equal(
    pretty({ id: 7, error, disposal }, true, { NO_COLOR: '1' }),
    [
      '03:04:05.006 INFO  hello  id=7',
      '    error: TypeError: outer',
      '        at a',
      '      caused by: AggregateError: group',
      '        in task first: Error: inner (EX)',
      '            at b',
      '        2: "text"',
      '    disposal: SuppressedError: both',
      '      while handling: Error: inner (EX)',
      '          at b',
      '      besides: "before"',
      '',
    ].join('\n'),
  );
});

test('no control or direction character reaches the terminal, whatever is logged', () => {
  const hostile = fc.string({
    unit: fc.oneof(fc.constantFrom(...'\x1b\x9b\x07\r\b\x7f\u202e\u2066\u2028\u200d\ud800'), fc.string()),
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
  const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;
  fc.assert(
    fc.property(hostile, fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile))), hostile, (msg, fields, text) => {
      const error = Object.assign(new Error(text, { cause: text }), { code: text });
      const shown = pretty({ ...fields, error, msg }, true, { NO_COLOR: '1' });
      assert.doesNotMatch(shown, raw);
      assert.ok(shown.endsWith('\n'));
      const [, ...below] = shown.slice(0, -1).split('\n');
      assert.ok(below.every((line) => line.startsWith('    ')));
    }),
  );
});

test('colour is used on terminals, unless the environment says otherwise', () => {
  assert.equal(wantsColour(true, {}), true);
  assert.equal(wantsColour(false, {}), false);
  assert.equal(wantsColour(true, { NO_COLOR: '1' }), false);
  assert.equal(wantsColour(true, { NO_COLOR: '' }), true);
  assert.equal(wantsColour(true, { TERM: 'dumb' }), false);
  assert.equal(wantsColour(false, { FORCE_COLOR: '1' }), true);
  assert.equal(wantsColour(true, { FORCE_COLOR: '0' }), false);
  assert.equal(wantsColour(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), true);
  assert.equal(pretty({}, true), '\x1b[2m03:04:05.006\x1b[22m \x1b[32mINFO \x1b[39m \x1b[1mhello\x1b[22m\n');
});
