/** What computes without a pause: a round takes some tens of milliseconds, in which nothing else of its thread runs. */
export function burn(ms: number): number {
  const until = performance.now() + ms;
  let rounds = 0;
  let value = 1;
  while (performance.now() < until) {
    for (let step = 0; step < 10_000; step++) value = (value * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    rounds++;
  }
  return value > 0 ? rounds : -1;
}
