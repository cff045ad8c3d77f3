export { ENGINE_ERRORS, EngineError, type EngineErrorCode } from './errors.ts';
export type { BreakerOptions } from './gate/breaker.ts';
export { GATE_REASONS, type GateReason, type GateState } from './gate/host-gate.ts';
export { parseRate, type Rate } from './gate/parse-rate.ts';
export type { PresetName } from './gate/presets.ts';
export type { RetryPolicyOptions, ThrottledOptions } from './item/retry-policy.ts';
export { ITEM_TRANSITIONS, type ItemEvent, nextState, type TransitionRule } from './item/state-machine.ts';
export { defineJob } from './job/define-job.ts';
export type { HostOptions, ItemLimitRule, JobHttpOptions } from './job/host-options.ts';
export {
  type InDoubtPolicy,
  type Job,
  type JobOptions,
  type JobRunOptions,
  type RunHandle,
  STORE_POLICIES,
  type Step,
  type StorePolicy,
} from './job/job.ts';
export type { JobModule } from './job/job-module.ts';
export { type ClassRule, classRule, OUTCOME_CLASSES, type OutcomeClass } from './outcome/classes.ts';
export type { RunChange } from './run/gate-settings.ts';
export {
  type HostGateState,
  type HostProgress,
  type LatencySummary,
  type LiveProgress,
  PAUSE_CODES,
  type PauseReason,
  type Progress,
  type RecordedProgress,
} from './run/progress.ts';
export { readOutcomes } from './run/read-outcomes.ts';
export type { ItemOutcome, OutcomeFilter, OutcomeReading, Report } from './run/report.ts';
export type { DoneItem, ToRow } from './sink/export-results.ts';
export { from } from './source/from.ts';
export type { ItemSource, ReadBatch, ReadItem, SourceFacts } from './source/item-source.ts';
export type { EmittedItem, StepContext, StepHttp, StepRequestOptions } from './step/step-context.ts';
export { type FetchOptions, fetchJob } from './verbs/fetch.ts';
