/** Each notes that it was begun, computes for `burnMs`, and ends in its own way. */
export function square(begun: Int32Array | undefined, index: number, burnMs: number): number {
  begin(begun, index, burnMs);
  return index * index;
}

export function fail(begun: Int32Array | undefined, index: number, burnMs: number): never {
  begin(begun, index, burnMs);
  throw new Error(`failed ${index}`);
}

export function exit(begun: Int32Array | undefined, index: number, burnMs: number): never {
  begin(begun, index, burnMs);
  process.exit(1);
}

export function spin(begun: Int32Array | undefined, index: number, burnMs: number): never {
  begin(begun, index, burnMs);
  for (;;);
}

function begin(begun: Int32Array | undefined, index: number, burnMs: number): void {
  if (begun !== undefined) Atomics.add(begun, index, 1);
  const end = performance.now() + burnMs;
  while (performance.now() < end);
}
