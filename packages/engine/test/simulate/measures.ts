/** The mean a second of what was counted from `fromMs` to `toMs`. */
export function meanPerSecond(counts: readonly number[], barMs: number, fromMs: number, toMs: number): number {
  const bars = counts.slice(Math.ceil(fromMs / barMs), Math.floor(toMs / barMs));
  return (bars.reduce((sum, count) => sum + count, 0) * 1000) / (bars.length * barMs);
}

/** How long after `fromMs` a stretch of `stretchMs` begins that has `perSecond` in its mean; Infinity for never. */
export function firstSteady(
  counts: readonly number[],
  barMs: number,
  fromMs: number,
  stretchMs: number,
  perSecond: number,
): number {
  const last = counts.length * barMs - stretchMs;
  for (let atMs = Math.ceil(fromMs / barMs) * barMs; atMs <= last; atMs += barMs)
    if (meanPerSecond(counts, barMs, atMs, atMs + stretchMs) >= perSecond) return atMs - fromMs;
  return Number.POSITIVE_INFINITY;
}
