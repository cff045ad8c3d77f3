import { type Duration, UsageError } from '@sluice/core';
import type { Reply } from '@sluice/http';
import type { HostGateOptions } from '../gate/host-gate.ts';
import type { ItemLimitOptions } from '../gate/item-limit.ts';
import { parseRate, type Rate } from '../gate/parse-rate.ts';
import { PRESETS, presetOf, type ReadRefusal, type Refusal } from '../gate/presets.ts';
import { type HostOptions, hostGateOptions, type ItemLimitRule, requireCount } from '../job/host-options.ts';
import type { JobOptions } from '../job/job.ts';

/** Bounds of a run that can be changed while it goes on; what is left out stays. */
export interface RunChange {
  /** Items under way at once, in all; `'auto'` is 256. */
  readonly concurrency?: 'auto' | number;
  /** Requests to one host at once; `'auto'` is found out, up to 32. */
  readonly perHost?: 'auto' | number;
  /** Requests to one host in a time; `'none'` is no bound. */
  readonly rate?: Rate | 'none';
  /** The least time between two requests to one host. */
  readonly delay?: Duration;
  /** The run is paused when more items than this have failed; `'none'` is no bound. */
  readonly maxErrors?: number | 'none';
}

/** Connections to one host: above them `perHost` cannot be raised while a run goes on. */
export const MAX_CONNECTIONS = 1024;
const AUTO_SLOTS = 256;

/** What bounds a run, as its job says and as it was changed since. */
export class GateSettings {
  readonly #hosts: ReadonlyMap<string, HostOptions>;
  readonly #limits: readonly ItemLimitOptions[];
  #slots: number;
  #usual: HostOptions;
  #maxErrors: number;

  /** @throws UsageError for bounds that cannot be */
  constructor(job: GateRules) {
    const { concurrency = 'auto', perHost = 'auto', rate, delay, maxErrors = Number.POSITIVE_INFINITY } = job;
    this.#slots = slotsOf(concurrency);
    this.#usual = checked(
      { concurrency: perHost, ...(rate === undefined ? {} : { rate }), ...(delay === undefined ? {} : { delay }) },
      'perHost',
    );
    this.#maxErrors = maxErrorsOf(maxErrors);
    this.#hosts = new Map(
      Object.entries(job.http?.hosts ?? {}).map(([host, options]) => [host, checked(options, `http.hosts['${host}']`)]),
    );
    this.#limits = (job.limits ?? []).map((rule, index) => limitOptions(rule, `limits[${index}]`));
  }

  /** Items under way at once. */
  get slots(): number {
    return this.#slots;
  }

  /** The run is paused when more items have failed. */
  get maxErrors(): number {
    return this.#maxErrors;
  }

  /** The most connections that a host may need. */
  get connections(): number {
    const all = [this.#usual, ...this.#hosts.values()];
    return Math.max(
      MAX_CONNECTIONS,
      ...all.map(({ concurrency, maxConcurrency = 0 }) =>
        concurrency === 'auto' || concurrency === undefined ? maxConcurrency : concurrency,
      ),
    );
  }

  /** @throws UsageError for bounds that cannot be; nothing is changed then */
  change(change: RunChange): void {
    const { concurrency, perHost, rate, delay, maxErrors } = change;
    const slots = concurrency === undefined ? this.#slots : slotsOf(concurrency);
    const most =
      maxErrors === undefined
        ? this.#maxErrors
        : maxErrorsOf(maxErrors === 'none' ? Number.POSITIVE_INFINITY : maxErrors);
    if (typeof perHost === 'number' && perHost > this.connections)
      throw new UsageError(`perHost can be raised to ${this.connections} while a run goes on, not to ${perHost}`);
    const { rate: oldRate, ...usual } = this.#usual;
    const newRate = rate === undefined ? oldRate : rate === 'none' ? undefined : rate;
    this.#usual = checked(
      {
        ...usual,
        ...(perHost === undefined ? {} : { concurrency: perHost }),
        ...(delay === undefined ? {} : { delay }),
        ...(newRate === undefined ? {} : { rate: newRate }),
      },
      'perHost',
    );
    this.#slots = slots;
    this.#maxErrors = most;
  }

  /** What bounds a host. */
  gateOf(host: string): HostGateOptions {
    return hostGateOptions(this.#of(host), host);
  }

  /** The limit of a key that {@link limitKeys} gave. */
  limitOf(key: string): ItemLimitOptions | undefined {
    return this.#limits[Number.parseInt(key, 10)];
  }

  /** What a refusal of a host means beyond its status. */
  refusalOf(host: string, reply: Reply): Refusal | undefined {
    if (reply.status < 400 && this.#hosts.size === 0) return undefined;
    const options = this.#of(host);
    if (options.exhausted?.(reply) === true)
      return { kind: 'exhausted', message: `its answer ${reply.status} is one that the job calls exhausted` };
    if (options.throttled?.(reply) === true) return { kind: 'throttled' };
    const preset = options.preset ?? presetOf(host);
    const read: ReadRefusal | undefined = preset === undefined ? undefined : PRESETS[preset];
    return read?.(reply, Date.now());
  }

  #of(host: string): HostOptions {
    const own = this.#hosts.get(host) ?? this.#hosts.get('*');
    return own === undefined ? this.#usual : { ...this.#usual, ...own };
  }
}

/** What a job says about its gates, whatever its items are. */
type GateRules = Pick<JobOptions<never, unknown>, GateOption>;
type GateOption = 'concurrency' | 'perHost' | 'rate' | 'delay' | 'maxErrors' | 'http' | 'limits';

/** The keys of an item's limits. */
export function limitKeys<Input>(
  rules: readonly ItemLimitRule<Input>[] | undefined,
  input: Input,
): readonly string[] | undefined {
  if (rules === undefined || rules.length === 0) return undefined;
  const keys: string[] = [];
  rules.forEach(({ per }, index) => {
    const key = per(input);
    if (key !== undefined) keys.push(`${index} ${key}`);
  });
  return keys;
}

function checked(options: HostOptions, name: string): HostOptions {
  hostGateOptions(options, name);
  return options;
}

function slotsOf(concurrency: 'auto' | number): number {
  return concurrency === 'auto' ? AUTO_SLOTS : requireCount(concurrency, 'concurrency');
}

function maxErrorsOf(value: number): number {
  if (value >= 0) return value;
  throw new UsageError(`maxErrors must be a number of 0 or more, not ${String(value)}`);
}

function limitOptions(rule: ItemLimitRule<never>, name: string): ItemLimitOptions {
  if (typeof rule.per !== 'function') throw new UsageError(`${name}.per must be a function that gives an item's key`);
  const { concurrency, rate } = rule;
  if (concurrency === undefined && rate === undefined)
    throw new UsageError(`${name} bounds nothing: give it a concurrency or a rate`);
  return {
    ...(concurrency === undefined ? {} : { concurrency: requireCount(concurrency, `${name}.concurrency`) }),
    ...(rate === undefined ? {} : { rate: parseRate(rate, `${name}.rate`) }),
  };
}
