import { formatDuration } from '../duration.ts';
import { brand } from './brand.ts';
import { SluiceError } from './sluice-error.ts';

/** `timeout(duration, fn)`: the deadline passed before `fn` was done. Code `SLUICE_TIMEOUT`. */
export class TimeoutError extends SluiceError {
  /** The time that was given, in milliseconds. */
  readonly durationMs: number;

  constructor(durationMs: number, options: { cause?: unknown } = {}) {
    super(`timed out after ${formatDuration(durationMs)}`, { code: 'SLUICE_TIMEOUT', ...options });
    this.durationMs = durationMs;
  }
}
brand(TimeoutError, 'TimeoutError');
