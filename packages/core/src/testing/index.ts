export { assertCheckpoints, assertNoCheckpoints, CheckpointAssertionError } from './assert-checkpoints.ts';
export { SequenceBrokenError, type Sequencer, sequencer } from './sequencer.ts';
export { type TestRunOptions, testRun } from './test-run.ts';
export { ManualClock } from './virtual-clock.ts';
export { waitUntilBlocked } from './wait-until-blocked.ts';
