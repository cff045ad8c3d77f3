export { type TestRunOptions, testRun } from './test-run.ts';
export { ManualClock } from './virtual-clock.ts';
