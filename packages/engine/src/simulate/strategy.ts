import { type Begun, GateScheduler } from '../gate/gate-scheduler.ts';
import type { GateResult } from '../gate/host-gate.ts';
import type { Scenario, ScenarioHost } from './scenario.ts';

/** An item of a simulation. */
export interface SimulatedItem {
  readonly number: number;
  readonly host: string;
}

/** What decides when an item begins: the engine's gates, or something to compare them with. {@link GateScheduler} has this form. */
export interface Strategy {
  /** How many items wait. */
  readonly size: number;
  /** Whether what fails now says nothing about its item. */
  readonly isOutage?: boolean;
  push(host: string, item: SimulatedItem, options: { readonly isRetry: boolean }): void;
  /** The next item that may begin now. */
  take(): Begun<SimulatedItem> | undefined;
  /** When to ask again although nothing has ended. */
  opensAt(): number;
  end(begun: Begun<SimulatedItem>, result: GateResult): void;
}

/** What a strategy is made of. */
export interface StrategyGround {
  readonly scenario: Scenario;
  readonly hosts: ReadonlyMap<string, ScenarioHost>;
  readonly now: () => number;
  readonly random: () => number;
}

export type MakeStrategy = (ground: StrategyGround) => Strategy;

/** The engine's own gates, as a run has them. */
export const gates: MakeStrategy = ({ scenario, hosts, now }) =>
  new GateScheduler<SimulatedItem>({
    slots: scenario.slots ?? 256,
    now,
    gateOf: (host) => ({ ...scenario.gate, ...hosts.get(host)?.gate }),
  });
