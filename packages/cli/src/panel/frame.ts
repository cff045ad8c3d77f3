import type { HostProgress, Progress } from '@sluice/engine';
import { flow, justify, type Line, span } from '../text/line.ts';
import { formatClock, formatCount, formatMs, formatRate, formatSeconds, formatShare, plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { type Cell, type Column, layTable } from '../text/table.ts';
import { progressBar } from './bar.ts';
import { classStyle } from './class-style.ts';

/** What a run is called on the screen. */
export interface RunTitle {
  readonly verb: string;
  /** What it works on, as the user named it. */
  readonly list: string;
  readonly runId: string;
}

/** The room that a frame has. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

const HOST_COLUMNS: readonly Column[] = [
  { title: 'slowest hosts', shrink: 'end' },
  { title: 'mean', align: 'right' },
  { title: 'in flight', align: 'right' },
  { title: 'waiting', align: 'right' },
  { title: 'attempts', align: 'right' },
  { title: 'not ok', align: 'right' },
];
/** A terminal narrower than this has room for the first, second and last column only. */
const NARROW = 60;
const MAX_HOSTS = 5;

/**
 * The live panel at one moment: what runs, how far it is, how fast, how it goes by class and host. At most `size.rows -
 * 1` lines, so that a terminal never scrolls; where there is little room the hosts go first.
 */
export function layFrame(title: RunTitle, progress: Progress, size: FrameSize): Line[] {
  const { columns } = size;
  const head = [layTitle(title, progress, columns), layBar(progress, columns)];
  if (progress.phase === 'draining') head.push(layDrain(progress));
  if (progress.stall !== null) head.push(...layStall(progress.stall, columns));
  const body = [speed, latency, classes].flatMap((pieces) => flow(pieces(progress), columns));
  // Behind them come a blank line and the titles of the table.
  const room = size.rows - 1 - head.length - body.length - 2;
  const hosts = room > 0 ? layHosts(slowest(progress.hosts, Math.min(MAX_HOSTS, room)), columns) : [];
  const frame = [...head, ...body, ...(hosts.length > 0 ? [[], ...hosts] : [])];
  return frame.slice(0, Math.max(1, size.rows - 1));
}

function layTitle(title: RunTitle, progress: Progress, columns: number): Line {
  const left = [
    span(title.verb, 'strong'),
    span(` ${printable(title.list, Math.max(12, columns - 30))}`),
    span(`  run ${title.runId.slice(0, 8)}`, 'faint'),
  ];
  return justify(left, [span(formatClock(progress.elapsedMs), 'faint')], columns);
}

function layBar(progress: Progress, columns: number): Line {
  const { settled, total, queued } = progress;
  // A list on standard input has no known end.
  if (total === null || total === 0)
    return [span(`${formatCount(settled)} settled`), span(`  ${formatCount(queued)} read ahead`, 'faint')];
  const label = ` ${formatCount(settled)}/${formatCount(total)}  ${formatShare(settled, total)}`;
  const width = Math.max(5, columns - label.length);
  return [...progressBar(settled / total, width), span(label)];
}

/** Rate, time left, what is under way and what waits, as pieces that wrap where the terminal is narrow. */
export function speed(progress: Progress): Line[] {
  const pieces: Line[] = [[span(formatRate(progress.ratePerSecond), 'strong')]];
  if (progress.etaMs !== null) pieces.push(labelled('ETA', formatSeconds(progress.etaMs)));
  pieces.push(labelled('in flight', `${formatCount(progress.inFlight)}/${formatCount(progress.limit)}`));
  if (progress.isOutage) pieces.push([span('nothing answers', 'warn')]);
  if (progress.loopsLost > 0) pieces.push([span(`${plural(progress.loopsLost, 'loop')} died`, 'warn')]);
  if (progress.waitingForRetry > 0) pieces.push(labelled('waiting to retry', formatCount(progress.waitingForRetry)));
  return pieces;
}

function latency(progress: Progress): Line[] {
  const { p50, p95, p99 } = progress.latency;
  return [labelled('p50', formatMs(p50)), labelled('p95', formatMs(p95)), labelled('p99', formatMs(p99))];
}

/** The outcomes by class, `ok` first, then the most frequent. */
export function classes(progress: Progress): Line[] {
  const counts = Object.entries(progress.byClass).filter(([, count]) => count > 0);
  counts.sort(([a, countA], [b, countB]) => Number(b === 'ok') - Number(a === 'ok') || countB - countA);
  return counts.map(([name, count]) => [span(name, classStyle(name)), span(` ${formatCount(count)}`)]);
}

function slowest(hosts: readonly HostProgress[], count: number): HostProgress[] {
  return hosts.toSorted((a, b) => b.meanMs - a.meanMs).slice(0, count);
}

function layHosts(hosts: readonly HostProgress[], columns: number): Line[] {
  if (hosts.length === 0) return [];
  const rows = hosts.map((host): Cell[] => [
    printable(host.host, 60),
    formatMs(host.meanMs),
    host.gate === null ? formatCount(host.inFlight) : `${formatCount(host.inFlight)}/${formatCount(host.gate.limit)}`,
    formatCount(host.waiting),
    formatCount(host.attempts),
    span(formatCount(host.failures), host.failures > 0 ? 'bad' : 'plain'),
  ]);
  if (columns >= NARROW) return layTable(HOST_COLUMNS, rows, columns);
  const narrow = <T>(cells: readonly T[]): T[] => [...cells.slice(0, 2), ...cells.slice(-1)];
  return layTable(narrow(HOST_COLUMNS), rows.map(narrow), columns);
}

function layDrain(progress: Progress): Line {
  const left = Math.ceil((progress.drainLeftMs ?? 0) / 1000);
  return [
    span('stopping', 'warn'),
    span(`: ${formatCount(progress.inFlight)} in flight may finish for ${left} s; `),
    span('Ctrl-C again cuts them', 'strong'),
  ];
}

/** Why the run waits, wrapped: what to do stands at the end of it. */
function layStall(stall: string, columns: number): Line[] {
  const words = printable(stall).split(' ');
  return flow([[span('waiting:', 'bad')], ...words.map((word): Line => [span(word)])], columns, 1);
}

function labelled(label: string, value: string): Line {
  return [span(`${label} `, 'faint'), span(value)];
}
