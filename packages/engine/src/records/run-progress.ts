import type { LiveProgress, Progress, RecordedProgress } from '../run/progress.ts';

/** How far a run is, whoever carries it on: what its ledger tells, and the counters of this process where the run goes on in it. */
export interface RunProgress extends RecordedProgress {
  /** Null unless the run goes on in this process. */
  readonly live: LiveProgress | null;
}

/** The counters of a run that goes on here, the recorded ones apart. */
export function liveRunProgress(progress: Progress): RunProgress {
  const { phase: _phase, duplicates: _duplicates, total, settled, done, failed, inDoubt, byClass, ...live } = progress;
  return { total, settled, done, failed, inDoubt, byClass, live };
}
