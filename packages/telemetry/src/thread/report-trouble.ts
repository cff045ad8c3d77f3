import { writeSync } from 'node:fs';
import { printable } from '../pretty/printable.ts';
import { openStandard } from './open-target.ts';
import type { Target } from './setup.ts';

/** Says on standard error what is wrong with the log's destination. Never waits, never throws: where it cannot be said, it is not. */
export function reportTrouble(target: Target, error: Error, isFinal: boolean): void {
  const where = 'path' in target ? target.path : target.descriptor === 1 ? 'standard output' : 'standard error';
  const consequence = isFinal
    ? 'further lines are dropped and counted'
    : 'it is tried again; lines wait in the buffer, and are dropped and counted when it is full';
  try {
    writeSync(
      openStandard(2),
      `sluice: cannot write the log to ${printable(where)}: ${printable(error.message)}; ${consequence}\n`,
    );
  } catch {
    // Standard error is closed or full.
  }
}
