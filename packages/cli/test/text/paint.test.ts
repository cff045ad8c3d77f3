import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColourSetting, createPaint } from '../../src/text/paint.ts';

const CASES: readonly (readonly [what: string, setting: ColourSetting, isColoured: boolean])[] = [
  ['a terminal', { isTTY: true, env: {} }, true],
  ['a pipe', { isTTY: false, env: {} }, false],
  ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ['a terminal with NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
  ['a terminal with an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
  ['a pipe with FORCE_COLOR', { isTTY: false, env: { FORCE_COLOR: '1' } }, true],
  ['a terminal with FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
  ['a pipe with both FORCE_COLOR and NO_COLOR', { isTTY: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
];

for (const [what, setting, isColoured] of CASES) {
  test(`${what} gets ${isColoured ? 'colours' : 'plain text'}`, () => {
    assert.equal(createPaint(setting)('x', 'bad'), isColoured ? '\x1b[31mx\x1b[39m' : 'x');
  });
}
