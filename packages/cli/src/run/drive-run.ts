import type { Job, JobRunOptions, Report } from '@sluice/engine';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import type { RunTitle } from '../panel/frame.ts';
import type { CsvOptions } from '../results/csv.ts';
import type { ResultTarget } from '../results/result-target.ts';
import { writeResults } from '../results/write-results.ts';
import { summarize } from '../summary/summarize.ts';
import { answerForRun } from './live-run.ts';
import { openView, type ViewOptions } from './run-view.ts';
import { showTree } from './show-tree.ts';
import { listenForStop } from './stop-signals.ts';
import type { Threshold } from './threshold.ts';

/** A run that a command starts or goes on with. */
export interface DriveOptions extends ViewOptions, CsvOptions {
  readonly job: Job<string, unknown>;
  readonly run: JobRunOptions;
  readonly title: Omit<RunTitle, 'runId'>;
  /** Where the results go when it ends or stops. */
  readonly target?: ResultTarget | undefined;
  /** The command that goes on with it, as words after the program's name. */
  readonly resume: readonly string[];
  /** What is not to be when it ends. Default: nothing. */
  readonly thresholds?: readonly Threshold[];
}

/** How a driven run ended. */
export interface DrivenRun {
  readonly report: Report;
  readonly exitCode: ExitCode;
}

/**
 * Runs a job as commands do: shows it, lets it finish what is under way at the first SIGINT or SIGTERM and cuts it at
 * the next, writes the results, sums up.
 */
export async function driveRun(options: DriveOptions, host: Host): Promise<DrivenRun> {
  const { job, target } = options;
  await using _tree = await showTree();
  const handle = await job.start(options.run);
  using _live = answerForRun(handle);
  const { report, stopCode } = await watch();
  const crossed = (options.thresholds ?? []).filter((threshold) => threshold.isCrossed(report.progress));
  const exitCode = stopCode !== undefined && report.state === 'stopped' ? stopCode : exitOf(report, crossed);
  const written = target === undefined ? undefined : await writeResults(target, report.outcomes(), options);
  if (options.json === true) {
    const { runId, ledger, state, wasComplete, held, progress } = report;
    const results = target === undefined ? null : { path: target.name, count: written };
    const thresholds = crossed.map(({ text }) => text);
    const event = {
      event: 'finished',
      runId,
      ledger,
      state,
      wasComplete,
      held,
      exitCode,
      thresholds,
      results,
      progress,
    };
    writeLine(host.stderr, JSON.stringify(event));
  } else if (options.quiet !== true) {
    const results = target === undefined ? undefined : { name: target.name, count: written ?? 0 };
    await summarize(report, { title: options.title, results, resume: options.resume, crossed }, host);
  }
  return { report, exitCode };

  async function watch(): Promise<{ report: Report; stopCode: ExitCode | undefined }> {
    using signals = listenForStop({ drain: () => handle.drain(), cut: () => handle.cut() });
    const view = openView(handle, { ...options.title, runId: handle.runId }, options, host);
    try {
      return { report: await handle.finished, stopCode: signals.exitCode };
    } finally {
      view.close();
    }
  }
}

function exitOf(report: Report, crossed: readonly Threshold[]): ExitCode {
  if (report.state === 'complete' && crossed.length > 0) return EXIT.threshold;
  if (report.state === 'stopped' || report.held > 0) return EXIT.stopped;
  return report.progress.failed > 0 ? EXIT.failedItems : EXIT.ok;
}
