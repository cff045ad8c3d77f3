/** A constant, or a lognormal distribution by its mean and its variation (standard deviation over mean): how long servers take, how long texts are. */
export type Amount = number | { readonly mean: number; readonly variation: number };

/** A function that draws from it. */
export function sampler(amount: Amount, random: () => number): () => number {
  if (typeof amount === 'number') return () => amount;
  const variance = Math.log(1 + amount.variation ** 2);
  const middle = Math.log(amount.mean) - variance / 2;
  const deviation = Math.sqrt(variance);
  return () => Math.exp(middle + deviation * gaussian(random));
}

/** A standard normal deviate (Box and Muller, 1958). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A value that changes: each stands from its moment on. */
export type Timeline = number | readonly { readonly fromMs: number; readonly value: number }[];

export function valueAt(timeline: Timeline, nowMs: number): number {
  if (typeof timeline === 'number') return timeline;
  let value = timeline[0]!.value;
  for (const step of timeline) {
    if (step.fromMs > nowMs) break;
    value = step.value;
  }
  return value;
}
