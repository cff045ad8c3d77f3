import { fileURLToPath } from 'node:url';
import { type Comparison, compare } from '../support/compare.ts';

/** What gates cost an item, beside queues and limiters that people use: 1,000 hosts, 1,000 items under way. */
export async function gatesSuite(rounds: number): Promise<Comparison[]> {
  const contender = (name: string, which: string, items: number) => ({
    name,
    command: ['node', fileURLToPath(new URL('./contender.ts', import.meta.url)), which, String(items)] as [
      string,
      ...string[],
    ],
  });
  return [
    compare(
      '1,000 hosts, 1,000 items under way, each for one turn of the event loop',
      [
        contender('Sluice gates: concurrency found out, breaker, retry budget', 'sluice', 300_000),
        contender('Sluice gates, and a rate for each host', 'sluiceWithRates', 300_000),
        contender('p-queue, one for each host, with an interval cap', 'pQueue', 100_000),
        contender('bottleneck, a group by host with a reservoir', 'bottleneck', 20_000),
        contender('BullMQ, one queue with a limiter for all hosts', 'bullmq', 20_000),
        contender('nothing: 1,000 at once, whatever their hosts', 'nothing', 300_000),
      ],
      rounds,
    ),
  ];
}
