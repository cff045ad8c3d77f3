import type { HostGateOptions } from '../gate/host-gate.ts';
import type { RetryPolicyOptions } from '../item/retry-policy.ts';
import type { HostModel, OutageModel } from './host-model.ts';

/** A host of a scenario and the work for it. */
export interface ScenarioHost {
  readonly name: string;
  readonly model: HostModel;
  /** How many items there are for it; Infinity for as many as can be done in the time. */
  readonly items: number;
  /** What its gate is told, where that is not the scenario's. */
  readonly gate?: HostGateOptions;
}

/** A world to try gates in. All times are milliseconds of virtual time. */
export interface Scenario {
  readonly name: string;
  /** The hosts; `random` is the seed's. */
  readonly hosts: (random: () => number) => readonly ScenarioHost[];
  /** When it ends; without it, when every item has its outcome. */
  readonly durationMs?: number;
  /** How many may be under way in all. Default 256. */
  readonly slots?: number;
  /** What gates are told of every host. Default: nothing. */
  readonly gate?: HostGateOptions;
  readonly retry?: RetryPolicyOptions;
  /** Times in which the network of our own side does not work. */
  readonly outages?: readonly OutageModel[];
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** For the reply, from the request on. Default 30,000. */
  readonly replyTimeoutMs?: number;
  /** Length of a bar in the series that are plotted. Default: a 200th of the time, or 1,000. */
  readonly barMs?: number;
}
