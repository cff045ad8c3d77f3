import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { TimeoutError, UsageError } from '@sluice/core';

class BadImageError extends Error {
  readonly code = 'BAD_IMAGE';
  readonly details: { row: number };
  readonly retry: () => void = () => {};
  override readonly name = 'BadImageError';

  constructor(row: number) {
    super(`row ${row} is damaged`, { cause: new RangeError('checksum', { cause: 'disk' }) });
    this.details = { row };
  }
}

export function badImage(row: number): never {
  throw new BadImageError(row);
}

export function typeError(): never {
  throw new TypeError('no such type');
}

export async function failLater(message: string): Promise<never> {
  await Promise.resolve();
  throw new Error(message);
}

export function several(): never {
  throw new AggregateError([new TypeError('one'), 'two'], 'both failed');
}

export function ofSluice(): never {
  throw new UsageError('not like this', { cause: new TimeoutError(5) });
}

export function ownCause(): never {
  const error = new Error('round');
  error.cause = error;
  throw error;
}

export function throwValue(kind: 'text' | 'object' | 'nothing' | 'function'): never {
  throw { text: 'plain', object: { deep: [1, 2] }, nothing: undefined, function: () => {} }[kind];
}

export function giveFunction(): () => void {
  return () => {};
}

export function exit(code: number): void {
  process.exit(code);
}

/** Exits when the gate is opened. */
export function exitAt(flag: Int32Array): void {
  Atomics.add(flag, 1, 1);
  Atomics.wait(flag, 0, 0);
  process.exit(1);
}

export async function crashLater(): Promise<void> {
  setTimeout(() => {
    throw new RangeError('nobody caught this');
  }, 1);
  await new Promise(() => {});
}

export async function rejectUnseen(): Promise<void> {
  void Promise.reject(new TypeError('nobody awaited this'));
  await new Promise(() => {});
}

/** Returns, and crashes when it has nothing to do any more. */
export function crashAfterwards(): string {
  setTimeout(() => {
    throw new Error('too late');
  }, 1);
  return 'fine';
}

export function eatMemory(): number {
  const all: number[][] = [];
  for (;;) all.push(new Array<number>(100_000).fill(all.length));
}

export function abort(): never {
  process.abort();
}

/** Ignores SIGTERM, starts a process that does too, writes down who they are, and never ends. */
export async function stubborn(file: string): Promise<never> {
  process.on('SIGTERM', () => {});
  const code = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send(0);";
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await new Promise((resolve) => child.once('message', resolve));
  await writeFile(file, `${process.pid} ${child.pid}`);
  for (;;);
}
