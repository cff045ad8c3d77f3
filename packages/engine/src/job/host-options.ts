import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { Reply, SessionOptions } from '@sluice/http';
import type { BreakerOptions } from '../gate/breaker.ts';
import type { HostGateOptions } from '../gate/host-gate.ts';
import { parseRate, type Rate } from '../gate/parse-rate.ts';
import { PRESETS, type PresetName } from '../gate/presets.ts';

/** What bounds the requests to one host. */
export interface HostOptions {
  /** Requests under way at once: a number, or found out between 1 and {@link HostOptions.maxConcurrency}. Default: the job's `perHost`. */
  readonly concurrency?: 'auto' | number;
  /** The most that `'auto'` goes up to. Default 32. */
  readonly maxConcurrency?: number;
  /** Requests in a time: `'500/min'`, `'10/s'`. Default: the job's `rate`. */
  readonly rate?: Rate;
  /** Units (tokens, say) in a time: `'200000/min'`. A step tells with `usage()` what a reply used; until then an estimate stands. */
  readonly quota?: Rate;
  /** What a request is taken to use before the first reply. Default: a sixteenth of the quota. */
  readonly firstUsage?: number;
  /** The least time between two requests. Default: the job's `delay`. */
  readonly delay?: Duration;
  /** When the host is left alone for a while. Default: after 10 failures in a row or half of the last 20, for 30 s; `false`: never. */
  readonly breaker?: BreakerOptions | false;
  /** Whose rules say what a refusal means. Default: by the host's name, for `api.openai.com`, `api.anthropic.com` and `api.github.com`. */
  readonly preset?: PresetName;
  /** Whether a reply means "come later", besides 429 and 503 with `Retry-After`. */
  readonly throttled?: (reply: Reply) => boolean;
  /** Whether a reply means that nothing more can be had for now, however long one waits: the run is paused. */
  readonly exhausted?: (reply: Reply) => boolean;
}

/** Options of the session, and of the hosts that its requests go to: by host with its port, where that is not the usual one; `'*'` for all others. */
export interface JobHttpOptions extends SessionOptions {
  readonly hosts?: Readonly<Record<string, HostOptions>>;
}

/** A limit of items with the same key, besides their hosts' gates. */
export interface ItemLimitRule<Input> {
  /** The key; undefined for an item that the limit does not touch. */
  readonly per: (input: Input) => string | number | undefined;
  /** Items of one key under way at once. Default: no limit. */
  readonly concurrency?: number;
  /** Items of one key begun in a time. */
  readonly rate?: Rate;
}

const NO_BREAKER: BreakerOptions = { inARow: Number.POSITIVE_INFINITY, share: Number.POSITIVE_INFINITY };

/** Options of a host's gate as the gate takes them. @throws UsageError for what cannot be */
export function hostGateOptions(options: HostOptions, name: string): HostGateOptions {
  const { concurrency = 'auto', maxConcurrency, rate, quota, firstUsage, delay, breaker, preset } = options;
  if (concurrency !== 'auto') requireCount(concurrency, `${name}.concurrency`);
  if (maxConcurrency !== undefined) requireCount(maxConcurrency, `${name}.maxConcurrency`);
  if (preset !== undefined && !Object.hasOwn(PRESETS, preset))
    throw new UsageError(`${name}.preset: there are ${Object.keys(PRESETS).join(', ')}, not '${String(preset)}'`);
  return {
    concurrency,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(rate === undefined ? {} : { rate: parseRate(rate, `${name}.rate`) }),
    ...(quota === undefined ? {} : { quota: parseRate(quota, `${name}.quota`) }),
    ...(firstUsage === undefined ? {} : { firstUsage }),
    ...(delay === undefined ? {} : { delayMs: parseDuration(delay) }),
    ...(breaker === undefined ? {} : { breaker: breaker === false ? NO_BREAKER : breaker }),
  };
}

export function requireCount(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} must be a whole number of 1 or more, not ${String(value)}`);
}
