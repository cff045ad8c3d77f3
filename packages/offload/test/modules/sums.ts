import { transfer } from '@sluice/offload';

/** What the tests call on workers. */
export function add(a: number, b: number): number {
  return a + b;
}

export async function addLater(a: number, b: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return a + b;
}

/** Computes for `ms` without ever giving way. */
export function burn(ms: number): number {
  const end = performance.now() + ms;
  let turns = 0;
  while (performance.now() < end) turns++;
  return turns;
}

/** Computes for ever. */
export function spin(): never {
  for (;;);
}

/** Waits until another thread sets the flag; counts how many are in here. */
export function hold(flag: Int32Array): number {
  Atomics.add(flag, 1, 1);
  Atomics.notify(flag, 1);
  Atomics.wait(flag, 0, 0);
  return Atomics.sub(flag, 1, 1);
}

/** Quick with `false`; with `true` it holds as `hold` does. */
export function holdIf(slow: boolean, flag: Int32Array): number {
  return slow ? hold(flag) : 0;
}

export function count(counter: Int32Array): number {
  return Atomics.add(counter, 0, 1) + 1;
}

export function lengthOf(bytes: Uint8Array): number {
  return bytes.byteLength;
}

export function zeros(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return transfer(bytes, [bytes.buffer]);
}

export function pid(): number {
  return process.pid;
}

export const version = '1.0';
