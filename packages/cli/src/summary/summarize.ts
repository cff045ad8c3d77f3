import type { Report } from '@sluice/engine';
import { type FailureCluster, readFailures } from '@sluice/engine/records';
import { openReader } from '@sluice/ledger';
import { columnsOf, type Host, paintFor, programName, writeLine } from '../host.ts';
import type { RunTitle } from '../panel/frame.ts';
import { ledgerArgument } from '../run/ledger-path.ts';
import type { Threshold } from '../run/threshold.ts';
import { renderLine } from '../text/line.ts';
import { shellCommand } from '../text/shell-quote.ts';
import { laySummary } from './summary.ts';

/** What the summary says besides the report. */
export interface SummaryOptions {
  readonly title: Omit<RunTitle, 'runId'>;
  /** Where the results were written, and how many. */
  readonly results: { readonly name: string; readonly count: number } | undefined;
  /** The words of the command that goes on with the run. */
  readonly resume: readonly string[];
  /** Thresholds that were crossed. */
  readonly crossed?: readonly Threshold[];
}

/** A command worth typing next. */
interface NextStep {
  readonly purpose: string;
  readonly command: string;
}

const TOP_CLUSTERS = 5;

/** Writes the summary of a run that ended or stopped to stderr; how to go on is its last line. */
export async function summarize(report: Report, options: SummaryOptions, host: Host): Promise<void> {
  const { progress } = report;
  const clusters: FailureCluster[] = [];
  if (progress.failed + progress.inDoubt > 0) {
    await using reader = await openReader(report.ledger);
    for await (const cluster of readFailures(reader, TOP_CLUSTERS)) clusters.push(cluster);
  }
  const argument = await ledgerArgument(report.ledger);
  const say = (...words: string[]): string => `${programName(host)} ${shellCommand(words)}`;
  const steps = nextSteps(report, options, argument, say);
  const columns = columnsOf(host.stderr) - 1;
  const paint = paintFor(host, host.stderr);
  for (const line of laySummary({ report, ...options, clusters }, columns)) {
    writeLine(host.stderr, renderLine(line, columns, paint));
  }
  for (const step of steps) {
    writeLine(host.stderr, `${paint(`${step.purpose}:`.padEnd(14), 'faint')}${paint(step.command, 'accent')}`);
  }
}

function nextSteps(
  report: Report,
  options: SummaryOptions,
  ledger: readonly string[],
  say: (...words: string[]) => string,
): NextStep[] {
  const { failed, inDoubt } = report.progress;
  const steps: NextStep[] = [];
  if (failed + inDoubt > 0) steps.push({ purpose: 'look closer', command: say('failures', ...ledger) });
  if (report.state === 'complete') {
    if (inDoubt > 0) steps.push({ purpose: 'decide', command: say(...options.resume, '--in-doubt', 'retry') });
    if (failed > 0) steps.push({ purpose: 'try again', command: say('retry', ...ledger) });
    if (options.results === undefined)
      steps.push({ purpose: 'results', command: say('export', ...ledger, '-o', 'results.jsonl') });
    if (report.wasComplete) steps.push({ purpose: 'begin anew', command: say(...options.resume, '--fresh') });
  } else {
    steps.push({ purpose: 'go on', command: say(...options.resume) });
  }
  return steps;
}
