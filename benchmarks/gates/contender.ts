/**
 * 1,000 hosts, 1,000 items under way, each for one turn of the event loop: what is left of the CPU time beside `nothing` is what the gates cost.
 * `node contender.ts NAME ITEMS`
 */
import Bottleneck from 'bottleneck';
import { Queue, Worker } from 'bullmq';
import PQueue from 'p-queue';
import { GateScheduler } from '../../packages/engine/src/gate/gate-scheduler.ts';
import { measure } from '../support/measure.ts';

const HOSTS = Array.from({ length: 1000 }, (_, index) => `host${index}.example`);
const AT_ONCE = 1000;
/** Of one host; and a rate that is counted and never reached. */
const PER_HOST = 32;
const PER_SECOND = 1_000_000;
/** Read ahead, as a run does. */
const WINDOW = 2000;

let waiting: (() => void)[] = [];

/** Takes a turn of the event loop, together with all that begin in it. */
function work(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(turn);
    waiting.push(resolve);
  });
}

function turn(): void {
  const ended = waiting;
  waiting = [];
  for (const end of ended) end();
}

type Contender = (items: number, hostOf: (item: number) => string) => Promise<void>;

const CONTENDERS: Readonly<Record<string, Contender>> = {
  /** As many at once, whatever their hosts. */
  async nothing(items, hostOf) {
    let next = 0;
    let length = 0;
    const worker = async (): Promise<void> => {
      while (next < items) {
        length += hostOf(next++).length;
        await work();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (length === 0) throw new Error('no host has a name');
  },

  sluice: (items, hostOf) => sluice(items, hostOf, { maxConcurrency: PER_HOST }),

  sluiceWithRates: (items, hostOf) =>
    sluice(items, hostOf, { maxConcurrency: PER_HOST, rate: { limit: PER_SECOND, perMs: 1000 } }),

  /** A queue for each host with a cap an interval; the whole is bounded by what is added. */
  async pQueue(items, hostOf) {
    const queues = new Map<string, PQueue>();
    for (const host of HOSTS)
      queues.set(host, new PQueue({ concurrency: PER_HOST, intervalCap: PER_SECOND, interval: 1000 }));
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items) await queues.get(hostOf(next++))!.add(work);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    for (const queue of queues.values()) queue.clear();
  },

  /** A group of limiters by key, with a reservoir that is filled again. */
  async bottleneck(items, hostOf) {
    const group = new Bottleneck.Group({
      maxConcurrent: PER_HOST,
      reservoir: PER_SECOND,
      reservoirRefreshAmount: PER_SECOND,
      reservoirRefreshInterval: 1000,
    });
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items) await group.key(hostOf(next++)).schedule(work);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  },

  /** One queue in Redis, as its limiter counts for a whole queue: what it does not do is tell hosts apart. Redis' own CPU time is not counted. */
  async bullmq(items, hostOf) {
    const connection = { host: '127.0.0.1', port: 6379 };
    const name = `gates-${process.pid}`;
    const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true } });
    let ended = 0;
    let added = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const worker = new Worker(name, work, {
      connection,
      concurrency: AT_ONCE,
      limiter: { max: PER_SECOND, duration: 1000 },
    });
    const addMore = async (): Promise<void> => {
      const count = Math.min(AT_ONCE, items - added);
      added += count;
      await queue.addBulk(
        Array.from({ length: count }, (_, index) => ({ name: hostOf(added - count + index), data: {} })),
      );
    };
    worker.on('completed', () => {
      ended++;
      if (ended === items) resolve();
      else if (added < items && added - ended < WINDOW - AT_ONCE) void addMore();
    });
    await addMore();
    await promise;
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  },
};

async function sluice(
  items: number,
  hostOf: (item: number) => string,
  gate: { readonly maxConcurrency: number; readonly rate?: { readonly limit: number; readonly perMs: number } },
): Promise<void> {
  const scheduler = new GateScheduler<number>({ slots: AT_ONCE, now: () => performance.now(), gateOf: () => gate });
  let next = 0;
  let ended = 0;
  await new Promise<void>((resolve) => {
    const pump = (): void => {
      while (next < items && scheduler.size < WINDOW) scheduler.push(hostOf(next), next++);
      for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take()) {
        const mine = begun;
        void work().then(() => {
          scheduler.end(mine, { class: 'ok' });
          if (++ended === items) resolve();
          else pump();
        });
      }
    };
    pump();
  });
}

const [name = '', items = '200000'] = process.argv.slice(2);
const run = CONTENDERS[name];
if (run === undefined) throw new Error(`there are ${Object.keys(CONTENDERS).join(', ')}`);
const hostOf = (item: number): string => HOSTS[(item * 7919) % HOSTS.length]!;
await measure(Number(items), async () => {
  await run(Number(items), hostOf);
  return Number(items);
});
process.exit();
