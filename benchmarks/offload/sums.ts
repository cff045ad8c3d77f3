/** What the pools are asked for: nothing, so that what is measured is the way there and back. */
export function add(a: number, b: number): number {
  return a + b;
}

/** As piscina calls it: one argument. */
export default function addPair([a, b]: readonly [number, number]): number {
  return a + b;
}
