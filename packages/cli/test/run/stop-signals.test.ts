import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenForStop } from '../../src/run/stop-signals.ts';

function emit(signal: 'SIGINT' | 'SIGTERM'): void {
  process.emit(signal, signal);
}

test('the first signal drains, an echo of it changes nothing, and a later one cuts', async () => {
  const calls: string[] = [];
  using signals = listenForStop({ drain: () => calls.push('drain'), cut: () => calls.push('cut') });
  assert.equal(signals.exitCode, undefined);
  emit('SIGINT');
  emit('SIGINT');
  assert.deepEqual(calls, ['drain']);
  await new Promise((resolve) => setTimeout(resolve, 150));
  emit('SIGINT');
  assert.deepEqual(calls, ['drain', 'cut']);
  assert.equal(signals.exitCode, 130);
});

test('a run that SIGTERM stopped ends with status 5', () => {
  using signals = listenForStop({ drain: () => {}, cut: () => {} });
  emit('SIGTERM');
  assert.equal(signals.exitCode, 5);
});

test('nothing is listened to any more when it is over', () => {
  const before = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  listenForStop({ drain: () => {}, cut: () => {} })[Symbol.dispose]();
  assert.equal(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'), before);
});
