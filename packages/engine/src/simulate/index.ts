/**
 * Tries gates without a socket: hosts with capacities, limits and outages in virtual time, seeded, with the gates, the scheduler and the retry policy of
 * a run. `npm run simulate -- scenario.ts` plays a scenario and draws it.
 */
export type { Begun } from '../gate/gate-scheduler.ts';
export type { GateResult, HostGateOptions } from '../gate/host-gate.ts';
export type { Amount, Timeline } from './amount.ts';
export type { HostModel, LimitModel, OutageModel } from './host-model.ts';
export { type PlottedRun, plot } from './plot.ts';
export type { Series } from './record.ts';
export type { Scenario, ScenarioHost } from './scenario.ts';
export { type SimulationResult, simulate } from './simulate.ts';
export { gates, type MakeStrategy, type SimulatedItem, type Strategy, type StrategyGround } from './strategy.ts';
