import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Progress } from '@sluice/engine';
import type { OutputStream } from '../../src/host.ts';
import { Panel } from '../../src/panel/panel.ts';
import { noPaint } from '../../src/text/paint.ts';
import { Screen } from '../support/screen.ts';
import { progressOf } from './progress.ts';

const TITLE = { verb: 'fetch', list: 'urls.txt', runId: '7f3a2c1b' };

function openPanel(screen: Screen, progress: () => Progress): Panel {
  return new Panel({ stream: screen as unknown as OutputStream, paint: noPaint, title: TITLE, progress });
}

test('the panel redraws itself in place, also when it gets shorter', () => {
  const screen = new Screen(81, 24);
  screen.write('$ sluice fetch urls.txt\n');
  let changes: Partial<Progress> = {};
  const panel = openPanel(screen, () => progressOf(changes));
  const first = screen.text;
  assert.equal(first.split('\n').length, 10);
  for (let frame = 0; frame < 50; frame++) panel.draw();
  assert.equal(screen.text, first);
  changes = { hosts: [], waitingForRetry: 0 };
  panel.draw();
  assert.equal(screen.text.split('\n').length, 6);
  panel.close();
  assert.equal(screen.text, '$ sluice fetch urls.txt');
});

test('the panel never grows beyond the rows of its terminal', () => {
  const screen = new Screen(60, 6);
  const panel = openPanel(screen, () => progressOf());
  for (let frame = 0; frame < 10; frame++) panel.draw();
  assert.ok(screen.height <= 6);
  panel.close();
});

test('the cursor is hidden while the panel is open, and given back when it is closed', () => {
  const screen = new Screen(80, 24);
  const panel = openPanel(screen, () => progressOf());
  assert.equal(screen.isCursorShown, false);
  panel.close();
  panel.close();
  assert.equal(screen.isCursorShown, true);
});

test('the cursor is given back when the process exits under an open panel', () => {
  const screen = new Screen(80, 24);
  const before = new Set(process.listeners('exit'));
  const panel = openPanel(screen, () => progressOf());
  for (const listener of process.listeners('exit')) if (!before.has(listener)) listener(1);
  assert.equal(screen.isCursorShown, true);
  panel.close();
});

test('a closed panel leaves no listener behind', () => {
  const count = (): number =>
    ['exit', 'SIGTSTP', 'SIGCONT'].reduce((sum, name) => sum + process.listenerCount(name), 0);
  const before = count();
  openPanel(new Screen(80, 24), () => progressOf()).close();
  assert.equal(count(), before);
});
