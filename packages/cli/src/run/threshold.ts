import type { Progress } from '@sluice/engine';
import { CommandError } from '../command-error.ts';
import { printable } from '../text/printable.ts';

/** What a run must not come to, as an expression that is true then. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  isCrossed(progress: Progress): boolean;
}

type Figures = Readonly<Record<string, number>>;

/** What an expression can speak of; latencies in milliseconds, rates per second. */
function figuresOf(progress: Progress): Figures {
  const { settled, done, failed, inDoubt, attempts, retries, latency, byClass, elapsedMs, settledHere } = progress;
  return {
    settled,
    done,
    failed,
    in_doubt: inDoubt,
    error_rate: settled === 0 ? 0 : failed / settled,
    throttled: byClass.throttled ?? 0,
    attempts,
    retries,
    seconds: elapsedMs / 1000,
    rate: elapsedMs === 0 ? 0 : (1000 * settledHere) / elapsedMs,
    p50: latency.p50 ?? 0,
    p95: latency.p95 ?? 0,
    p99: latency.p99 ?? 0,
    max: latency.max ?? 0,
  };
}

const NAMES = [
  'settled',
  'done',
  'failed',
  'in_doubt',
  'error_rate',
  'throttled',
  'attempts',
  'retries',
  'seconds',
  'rate',
  'p50',
  'p95',
  'p99',
  'max',
] as const satisfies readonly (keyof ReturnType<typeof figuresOf>)[];

/**
 * Reads thresholds: expressions of CEL over the figures of a run.
 *
 * @throws CommandError `SLUICE_CLI_OPTION` for what is none, or speaks of something that there is not.
 */
export async function parseThresholds(texts: readonly string[] | undefined): Promise<readonly Threshold[]> {
  if (texts === undefined || texts.length === 0) return [];
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = new Environment();
  for (const name of NAMES) environment.registerVariable(name, 'double');
  return texts.map((text) => {
    try {
      const parsed = environment.parse(text);
      const { valid, type, error } = parsed.check();
      if (!valid) throw error ?? new Error('it is not valid');
      if (type !== 'bool') throw new Error(`it is a ${String(type)}, not true or false`);
      return { text, isCrossed: (progress) => parsed(figuresOf(progress)) === true };
    } catch (error) {
      const why = (error as Error).message.split('\n')[0]!;
      throw new CommandError(
        'SLUICE_CLI_OPTION',
        `--threshold '${printable(text, 80)}': ${printable(why, 120)}. Compare ${NAMES.join(', ')}, as in 'error_rate > 0.01 && p95 > 500'`,
        { cause: error },
      );
    }
  });
}
