import type { HostGateState } from '@sluice/engine';
import type { Line } from '../text/line.ts';
import { formatCount, formatMs } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { layTable } from '../text/table.ts';

/** The hosts of a live run and what holds the next request to each of them back. */
export function layGates(hosts: readonly HostGateState[], columns: number): Line[] {
  if (hosts.length === 0) return [];
  const rows = hosts.map((host) => [
    printable(host.host, 60),
    formatCount(host.inFlight),
    formatCount(host.limit),
    formatCount(host.waiting),
    host.perSecond === null ? '' : `${host.perSecond.toPrecision(3)}/s`,
    why(host),
  ]);
  const titles = [
    { title: 'host', shrink: 'end' },
    { title: 'in flight', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'waiting', align: 'right' },
    { title: 'rate', align: 'right' },
    { title: 'held back by' },
  ] as const;
  return layTable(titles, rows, columns);
}

function why({ why: reason, opensInMs, waiting }: HostGateState): string {
  if (waiting === 0) return '';
  if (reason === 'open') return 'nothing';
  return opensInMs === null || opensInMs < 1 ? reason : `${reason}, ${formatMs(opensInMs)} more`;
}
