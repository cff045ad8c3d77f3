import type { Job, JobRunOptions, RunHandle } from '@sluice/engine';

/** Starts a job; the run is cut at the end of the block, so that a test that fails leaves nothing behind. */
export async function start<Input, Output>(
  job: Job<Input, Output>,
  options: JobRunOptions,
): Promise<RunHandle & AsyncDisposable> {
  return cutAtEnd(await job.start(options));
}

/** The same for a run that was made in another way. */
export function cutAtEnd<R extends RunHandle>(run: R): R & AsyncDisposable {
  return Object.assign(run, {
    [Symbol.asyncDispose]: async (): Promise<void> => {
      run.cut();
      await run.finished.catch(() => undefined);
    },
  });
}
