import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyWindow } from '../../src/gate/latency-window.ts';

test('what began before it was cleared, and what began after it was full, does not count', () => {
  const window = new LatencyWindow();
  window.clear(2);
  const old = window.began(0);
  window.clear(2);
  const first = window.began(10);
  const second = window.began(10);
  const late = window.began(11);
  window.answered(old, 1000, 0);
  window.answered(late, 1000, 11);
  assert.equal(window.isFull, false);
  window.answered(first, 20, 10);
  assert.equal(window.isFull, false, 'the slow one is waited for');
  window.answered(second, 40, 10);
  assert.equal(window.isFull, true);
  assert.equal(window.mean(50), 30);
});

test('where latencies vary the slowest tenth is not waited for, but counts with its age and what is to come', () => {
  const window = new LatencyWindow();
  for (let index = 0; index < 100; index++) window.learn(index % 10 === 0 ? 910 : 10);
  assert.ok(window.variation > 1, String(window.variation));
  window.clear(20);
  const passes = Array.from({ length: 20 }, () => window.began(0));
  for (const pass of passes.slice(0, 18)) window.answered(pass, 100, 0);
  assert.equal(window.isFull, true);
  // 18 took 100 ms, two are 200 ms old and expected to take another 100.
  assert.equal(window.mean(200), (18 * 100 + 2 * 300) / 20);
});

test('one that ended without an answer makes room for another', () => {
  const window = new LatencyWindow();
  window.clear(1);
  window.left(window.began(0), 0);
  const next = window.began(5);
  window.answered(next, 10, 5);
  assert.equal(window.isFull, true);
  assert.equal(window.mean(15), 10);
});

test('a server that nobody knows is taken to vary, until it has shown that it does not', () => {
  const window = new LatencyWindow();
  assert.ok(window.variation > 0.3);
  for (let index = 0; index < 100; index++) window.learn(20);
  assert.ok(window.variation < 0.1, String(window.variation));
});
