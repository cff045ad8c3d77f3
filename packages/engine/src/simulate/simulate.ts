import type { Begun } from '../gate/gate-scheduler.ts';
import { NOTHING_SPENT, RetryPolicy, type Spent } from '../item/retry-policy.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { DeadlineLine } from './deadline-line.ts';
import { EventQueue } from './event-queue.ts';
import { Recorder, type Series } from './record.ts';
import type { Scenario, ScenarioHost } from './scenario.ts';
import { SimulatedHost } from './simulated-host.ts';
import type { Ending } from './simulated-wire.ts';
import type { MakeStrategy, SimulatedItem, Strategy } from './strategy.ts';

/** What a simulation found. */
export interface SimulationResult {
  readonly endedAtMs: number;
  readonly begun: number;
  /** Attempts by the class in which they ended. */
  readonly ends: Readonly<Partial<Record<Ending['class'], number>>>;
  /** Items by their outcome. */
  readonly items: { readonly ok: number; readonly failed: number };
  /** The most attempts that any item has spent, throttled ones and those of an outage aside. */
  readonly maxSpent: number;
  /** Retries that items have spent in all. */
  readonly spent: number;
  /** Requests that began while their host had asked to wait. */
  readonly early: number;
  readonly maxInFlight: number;
  readonly series: Series;
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
}

interface Item extends SimulatedItem {
  spent: Spent;
}

/** How many items of endless work are kept waiting. */
const READ_AHEAD = 1000;
/** Timers of a real process come so late at best. */
const TIMER_MS = 1;

/**
 * Plays a scenario in virtual time: nothing waits and nothing is sent, but gates, scheduler and retry policy are those of a run. The same seed gives
 * the same result, to the last bit.
 *
 * @example
 * const result = simulate(scenario, gates, 1);
 * console.log(result.items.ok, result.endedAtMs);
 */
export function simulate(scenario: Scenario, make: MakeStrategy, seed: number): SimulationResult {
  return new Simulation(scenario, make, seed).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #events = new EventQueue();
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #strategy: Strategy;
  readonly #policy: RetryPolicy;
  readonly #recorder: Recorder;
  readonly #feed: Iterator<string, undefined>;
  readonly #isEndless: boolean;
  readonly #items = { ok: 0, failed: 0 };
  #number = 0;
  /** Items without an outcome. */
  #open = 0;
  #hasMore = true;
  #maxSpent = 0;
  #spent = 0;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(scenario: Scenario, make: MakeStrategy, seed: number) {
    this.#scenario = scenario;
    const seeds = seededRandom(seed);
    const stream = (): (() => number) => seededRandom(Math.floor(seeds() * 2 ** 32));
    const hosts = scenario.hosts(stream());
    const deadlines = {
      connect: new DeadlineLine(this.#events, scenario.connectTimeoutMs ?? 10_000),
      reply: new DeadlineLine(this.#events, scenario.replyTimeoutMs ?? 30_000),
    };
    const serverRandom = stream();
    for (const host of hosts) {
      const outages = [...(scenario.outages ?? []), ...(host.model.outages ?? [])];
      const model = outages.length === 0 ? host.model : { ...host.model, outages };
      this.#hosts.set(host.name, new SimulatedHost(model, this.#events, serverRandom, deadlines));
    }
    this.#strategy = make({
      scenario,
      hosts: new Map(hosts.map((host) => [host.name, host])),
      now: () => this.#events.nowMs,
      random: stream(),
    });
    this.#policy = new RetryPolicy(scenario.retry ?? {}, stream());
    this.#isEndless = hosts.some(({ items }) => items === Number.POSITIVE_INFINITY);
    this.#feed = inTurns(hosts);
    const { durationMs } = scenario;
    this.#recorder = new Recorder(scenario.barMs ?? (durationMs === undefined ? 1000 : durationMs / 200));
  }

  run(): SimulationResult {
    const untilMs = this.#scenario.durationMs ?? Number.POSITIVE_INFINITY;
    this.#pump();
    this.#sample(this.#hosts.size <= 20 ? 10 : this.#recorder.series.barMs);
    while ((this.#open > 0 || this.#hasMore) && this.#events.step(untilMs));
    const { nowMs } = this.#events;
    this.#recorder.finish(nowMs);
    const { begun, ends, early, maxInFlight, series } = this.#recorder;
    return {
      endedAtMs: nowMs,
      begun,
      ends,
      items: this.#items,
      maxSpent: this.#maxSpent,
      spent: this.#spent,
      early,
      maxInFlight,
      series,
      hosts: this.#hosts,
    };
  }

  /** Reads items and begins what may begin. */
  #pump(): void {
    do this.#read();
    while (this.#beginAll() > 0 && this.#isEndless);
    const opensAt = this.#strategy.opensAt();
    if (opensAt === Number.POSITIVE_INFINITY || opensAt >= this.#wakesAt) return;
    const wakesAt = Math.max(opensAt, this.#events.nowMs + TIMER_MS);
    this.#wakesAt = wakesAt;
    this.#events.at(wakesAt, () => {
      if (this.#wakesAt !== wakesAt) return;
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #read(): void {
    while (this.#hasMore && (!this.#isEndless || this.#strategy.size < READ_AHEAD)) {
      const { value: host } = this.#feed.next();
      if (host === undefined) {
        this.#hasMore = false;
        return;
      }
      this.#open++;
      const item: Item = { number: this.#number++, host, spent: NOTHING_SPENT };
      this.#strategy.push(host, item, { isRetry: false });
    }
  }

  #beginAll(): number {
    let count = 0;
    for (let begun = this.#strategy.take(); begun !== undefined; begun = this.#strategy.take()) {
      count++;
      const taken = begun;
      const host = this.#hosts.get(begun.host)!;
      const { nowMs } = this.#events;
      this.#recorder.begin(nowMs, host.begin(nowMs));
      host.send((ending) => this.#ended(taken, host, ending));
    }
    return count;
  }

  #ended(begun: Begun<SimulatedItem>, host: SimulatedHost, ending: Ending): void {
    const { nowMs } = this.#events;
    this.#recorder.end(nowMs, ending);
    host.end(nowMs, ending);
    this.#strategy.end(begun, ending);
    this.#settle(begun.item as Item, host, ending);
    this.#pump();
  }

  #settle(item: Item, host: SimulatedHost, ending: Ending): void {
    if (ending.class === 'ok') {
      this.#items.ok++;
      this.#close(host, true);
      return;
    }
    const granted = this.#policy.grant(ending.class, item.spent, ending.retryAfterMs);
    if (this.#strategy.isOutage === true) {
      this.#events.at(this.#events.nowMs + (granted?.waitMs ?? 0), () => this.#again(item, false));
      return;
    }
    if (granted === undefined) {
      this.#items.failed++;
      this.#close(host, false);
      return;
    }
    item.spent = granted.spent;
    if (ending.class !== 'throttled') {
      this.#spent++;
      const { throttled: _, ...counted } = item.spent.retries;
      this.#maxSpent = Math.max(
        this.#maxSpent,
        Object.values(counted).reduce((sum, count) => sum + count, 0),
      );
    }
    this.#events.at(this.#events.nowMs + granted.waitMs, () => this.#again(item, true));
  }

  #close(host: SimulatedHost, isOk: boolean): void {
    this.#open--;
    host.close(this.#events.nowMs, isOk);
  }

  #again(item: Item, isRetry: boolean): void {
    this.#strategy.push(item.host, item, { isRetry });
    this.#pump();
  }

  /** Looks at the servers' lines again and again. */
  #sample(everyMs: number): void {
    let waiting = 0;
    for (const host of this.#hosts.values()) waiting += host.look(everyMs);
    this.#recorder.lines(this.#events.nowMs, waiting, everyMs);
    this.#events.at(this.#events.nowMs + everyMs, () => this.#sample(everyMs));
  }
}

/** One item of every host, and again, until none has any left. */
function* inTurns(hosts: readonly ScenarioHost[]): Generator<string, undefined> {
  let rest = hosts.map(({ name, items }) => ({ name, items }));
  while (rest.length > 0) {
    for (const host of rest) {
      host.items--;
      yield host.name;
    }
    rest = rest.filter(({ items }) => items > 0);
  }
  return undefined;
}
