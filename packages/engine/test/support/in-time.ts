import assert from 'node:assert/strict';
import type { Report } from '@sluice/engine';

/** The report of a run that was told to end; fails when that took long. */
export async function inTime(finished: Promise<Report>): Promise<Report> {
  const begunAt = performance.now();
  const report = await finished;
  // Promised is a second; a busy machine gets some more.
  assert.ok(performance.now() - begunAt < 3000, `it took ${performance.now() - begunAt} ms`);
  return report;
}
