import type { Remote, RemoteListener } from '../remote/remote.ts';
import type { Call } from './call.ts';
import { Lane, type LaneListener } from './lane.ts';

export interface CrewOptions {
  readonly kind: 'thread' | 'process';
  /** Names the workers: `resize-1`, `resize-2`. */
  readonly name: string;
  readonly maxWorkers: number;
  readonly start: (listener: RemoteListener, name: string) => Remote;
}

/** The workers of a pool: never more than `maxWorkers`, those that are being ended included. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #listener: LaneListener;
  readonly #lanes: Lane[] = [];
  #started = 0;
  #willShare = false;

  constructor(options: CrewOptions, listener: LaneListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get size(): number {
    return this.#lanes.length;
  }

  /** How many calls the workers hold. */
  get load(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.load, 0);
  }

  /**
   * The lane with the least to do, a new one rather than a second call behind the first; undefined when all are full.
   *
   * @throws what keeps a worker from starting.
   */
  laneFor(call: Call): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes)
      if (lane.isOpenTo(call) && (best === undefined || lane.load < best.load)) best = lane;
    if (best?.load === 0 || this.#lanes.length >= this.#options.maxWorkers) return best;
    const { kind, name, start } = this.#options;
    const workerName = `${name}-${++this.#started}`;
    const lane = new Lane(`${kind} '${workerName}'`, (listener) => start(listener, workerName), this.#listener);
    this.#lanes.push(lane);
    return lane;
  }

  /** Sends what the lanes were given. */
  flush(): void {
    for (const lane of this.#lanes) lane.flush();
  }

  /**
   * Gives idle workers calls that wait behind those of others: a turn later, when those whose calls just ended have made their next ones,
   * which come first (`hasMore`).
   */
  shareSoon(hasMore: () => boolean): void {
    if (this.#willShare || !this.#lanes.some(hasWaiting) || !this.#lanes.some(isIdle)) return;
    this.#willShare = true;
    setImmediate(() => {
      this.#willShare = false;
      if (!hasMore()) this.#share();
    });
  }

  remove(lane: Lane): void {
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
  }

  end(): void {
    for (const lane of this.#lanes) lane.end();
  }

  /** Whether the workers keep the program from ending; those that are being ended do until they are gone. */
  keepAlive(on: boolean): void {
    for (const lane of this.#lanes) if (!lane.isEnding) lane.remote.keepAlive(on);
  }

  #share(): void {
    for (const idle of this.#lanes.filter(isIdle)) {
      const busiest = this.#lanes.reduce((a, b) => (b.load > a.load ? b : a));
      const call = busiest.calls.toReversed().find((waiting) => busiest.revoke(waiting));
      if (call === undefined) return;
      idle.put(call);
      idle.flush();
    }
  }
}

function isIdle(lane: Lane): boolean {
  return lane.load === 0 && !lane.isEnding;
}

function hasWaiting(lane: Lane): boolean {
  return lane.load > 1;
}
