import { OUTCOME_CLASSES, type Report } from '@sluice/engine';
import type { FailureCluster } from '@sluice/engine/records';
import { classStyle } from '../panel/class-style.ts';
import { STANDARD_INPUT } from '../run/standard-input.ts';
import { type Line, span } from '../text/line.ts';
import { formatBytes, formatCount, formatMs, formatRate, formatShare, plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { layTable } from '../text/table.ts';
import type { SummaryOptions } from './summarize.ts';

/** What a summary is laid out from. */
export interface SummaryFacts extends SummaryOptions {
  readonly report: Report;
  readonly clusters: readonly FailureCluster[];
}

const MAX_HOSTS = 5;

/** The summary of a run, up to the commands that may follow. */
export function laySummary(facts: SummaryFacts, columns: number): Line[] {
  const { report, clusters } = facts;
  const sections = [
    layHeadline(facts),
    layWarnings(facts),
    layClasses(report),
    report.wasComplete ? [] : layWork(report),
    layHosts(report, columns),
    layClusters(clusters, columns),
    layPlaces(facts),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section) => [...section, []]);
}

function layHeadline({ report, title }: SummaryFacts): Line[] {
  const { progress, wasComplete } = report;
  const of = progress.total === null ? '' : ` of ${formatCount(progress.total)}`;
  const trouble = [
    ...(progress.failed > 0 ? [span('; '), span(`${formatCount(progress.failed)} failed`, 'bad')] : []),
    ...(progress.inDoubt > 0 ? [span('; '), span(`${formatCount(progress.inDoubt)} in doubt`, 'warn')] : []),
  ];
  if (wasComplete) {
    const line = [span('complete already', 'good'), span(`: ${formatCount(progress.settled)}${of} items`), ...trouble];
    // Nothing tells one list on standard input from another: it could be a new one.
    const unread = `${title.list} was not read; for another list name another ledger, or begin anew`;
    return title.list === STANDARD_INPUT ? [line, [span(unread, 'warn')]] : [line];
  }
  const pace = progress.elapsedMs > 0 ? `, ${formatRate((1000 * progress.settledHere) / progress.elapsedMs)}` : '';
  const work = `in ${formatMs(progress.elapsedMs)}${pace}`;
  const here = progress.settledHere === progress.settled ? '' : `, ${formatCount(progress.settledHere)} of them now,`;
  const isComplete = report.state === 'complete';
  const done = `: ${formatCount(progress.settled)}${isComplete ? '' : of} items${here} ${work}`;
  return [[isComplete ? span('complete', 'good') : span('stopped', 'warn'), span(done), ...trouble]];
}

/** Why it paused by itself, and which thresholds were crossed. */
function layWarnings({ report, crossed = [] }: SummaryFacts): Line[] {
  const { pause, loopsLost } = report.progress;
  const lost = `: ${plural(loopsLost, 'event loop')} died and ${loopsLost === 1 ? 'was' : 'were'} replaced; what was under way there was tried again alone`;
  return [
    ...(loopsLost === 0 ? [] : [[span('loops', 'warn'), span(lost)]]),
    ...(pause === null ? [] : [[span('paused', 'warn'), span(`: ${printable(pause.message, 400)}`)]]),
    ...crossed.map(({ text }) => [span('threshold crossed', 'bad'), span(`: ${printable(text, 200)}`)]),
  ];
}

function layClasses({ progress }: Report): Line[] {
  const counts = Object.entries(progress.byClass).filter(([, count]) => count > 0);
  counts.sort(([a, countA], [b, countB]) => Number(b === 'ok') - Number(a === 'ok') || countB - countA);
  const rows = counts.map(([name, count]) => [
    span(name, classStyle(name)),
    formatCount(count),
    formatShare(count, progress.settled),
    span(OUTCOME_CLASSES[name as keyof typeof OUTCOME_CLASSES].meaning, 'faint'),
  ]);
  const table = layTable(
    [
      { title: 'outcome' },
      { title: 'items', align: 'right' },
      { title: 'share', align: 'right' },
      { title: '', shrink: 'end' },
    ],
    rows,
    Number.POSITIVE_INFINITY,
  );
  if (progress.duplicates === 0) return rows.length > 0 ? table : [];
  return [
    ...table,
    [span(`${plural(progress.duplicates, 'line')} of the list stood there before: the same item, done once`, 'faint')],
  ];
}

function layWork({ progress }: Report): Line[] {
  const { latency, attempts, retries, requests, bytesIn, bytesOut } = progress;
  if (attempts === 0) return [];
  const times = (['p50', 'p95', 'p99', 'max'] as const).map((name) => `${name} ${formatMs(latency[name])}`);
  return [
    fact(
      'attempts',
      `${formatCount(attempts)}, of them ${formatCount(retries)} ${retries === 1 ? 'retry' : 'retries'}; ${plural(requests, 'request')}`,
    ),
    fact('latency', times.join('  ')),
    fact('bytes', `${formatBytes(bytesIn)} received, ${formatBytes(bytesOut)} sent`),
  ];
}

/** Hosts where something went wrong; with only one host the outcomes say it all. */
function layHosts({ progress }: Report, columns: number): Line[] {
  const hurt = progress.hosts.filter((host) => host.failures > 0).slice(0, MAX_HOSTS);
  if (hurt.length === 0 || progress.hosts.length === 1) return [];
  const rows = hurt.map((host) => [
    printable(host.host, 60),
    formatCount(host.failures),
    formatCount(host.attempts),
    formatMs(host.meanMs),
  ]);
  const titles = ['attempts not ok', 'of', 'mean'].map((title) => ({ title, align: 'right' }) as const);
  return layTable([{ title: 'hosts that hurt', shrink: 'end' }, ...titles], rows, columns);
}

function layClusters(clusters: readonly FailureCluster[], columns: number): Line[] {
  if (clusters.length === 0) return [];
  const rows = clusters.map((cluster) => [
    formatCount(cluster.count),
    span(printable(cluster.class), classStyle(cluster.class)),
    printable(cluster.exampleMessage || cluster.code, 120),
    printable(cluster.exampleKey, 120),
  ]);
  return layTable(
    [
      { title: 'items', align: 'right' },
      { title: 'failure' },
      { title: 'what happened', shrink: 'end' },
      { title: 'for example', shrink: 'middle' },
    ],
    rows,
    columns,
  );
}

function layPlaces({ report, title, results }: SummaryFacts): Line[] {
  const places = [fact('list', printable(title.list)), fact('ledger', printable(report.ledger))];
  if (results !== undefined) {
    const place = results.name === '-' ? 'standard output' : printable(results.name);
    places.push(fact('results', `${place} (${plural(results.count, 'item')})`));
  }
  return places;
}

function fact(label: string, value: string): Line {
  return [span(label.padEnd(10), 'faint'), span(value)];
}
