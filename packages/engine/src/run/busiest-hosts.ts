import type { GateScheduler } from '../gate/gate-scheduler.ts';
import type { HostGateState } from './progress.ts';

/** The hosts with work, those with the most of it first; at most `most`. */
export function busiestHosts<T>(scheduler: GateScheduler<T>, most: number): HostGateState[] {
  const now = performance.now();
  const hosts: { readonly host: string; readonly waiting: number; readonly inFlight: number }[] = [];
  for (const host of scheduler.hosts()) if (host !== '') hosts.push({ host, ...scheduler.load(host) });
  return hosts
    .sort((a, b) => b.waiting + b.inFlight - (a.waiting + a.inFlight) || (a.host < b.host ? -1 : 1))
    .slice(0, most)
    .map(({ host, waiting }) => ({ host, waiting, ...scheduler.gate(host)!.state(now) }));
}
