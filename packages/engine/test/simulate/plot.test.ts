import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plot, type Series } from '../../src/simulate/index.ts';

function series(ok: number[]): Series {
  const none = ok.map(() => 0);
  return { barMs: 500, ok, throttled: none, failed: none, early: none, inFlight: ok, waiting: none };
}

test('a picture is small, well-formed, and to scale', () => {
  const counts = Array.from({ length: 5000 }, (_, index) => (index < 2500 ? 25 : 50));
  const svg = plot('a < b & "c"', [
    { name: 'first', series: series(counts) },
    { name: '<other>', series: series(counts.map(() => 0)) },
  ]);
  assert.ok(svg.length < 20_000, `${svg.length} characters`);
  assert.match(svg, /a &lt; b &amp; "c"/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|<other>/);
  const open: string[] = [];
  for (const [, end, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end === '/') assert.equal(open.pop(), name);
    else if (self !== '/') open.push(name!);
  }
  assert.deepEqual(open, []);
  // Goodput of 50 and 100 a second, on an axis that ends at 100: half way up, and at the top.
  const goodput = /goodput.*?(?:points="([^"]*)".*?){2}<\/g>/.exec(svg)![1]!;
  const heights = goodput.split(' ').map((point) => Number(point.split(',')[1]));
  assert.equal(heights[0], 22 + 110 / 2);
  assert.equal(heights.at(-1), 22);
});
