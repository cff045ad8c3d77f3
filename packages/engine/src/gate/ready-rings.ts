import type { HostLine, Lane } from './host-line.ts';
import { ItemQueue } from './item-queue.ts';

/** The hosts that may have something to begin, in turn, by lane and by the priority of what they have. */
export class ReadyRings<T> {
  readonly #rings: Readonly<Record<Lane, readonly ItemQueue<HostLine<T>>[]>> = {
    proven: [new ItemQueue(), new ItemQueue(), new ItemQueue()],
    unproven: [new ItemQueue(), new ItemQueue(), new ItemQueue()],
    suspect: [new ItemQueue(), new ItemQueue(), new ItemQueue()],
  };

  /** Whether the host stands where it belongs, or better. */
  holds(line: HostLine<T>): boolean {
    return line.ring !== -1 && line.ring <= line.first && line.ringLane === line.lane;
  }

  push(line: HostLine<T>): void {
    line.ring = line.first;
    line.ringLane = line.lane;
    this.#rings[line.lane][line.ring]!.push(line);
  }

  /** The next host of a lane; with `isReversed` of the lowest priority first. */
  shift(lane: Lane, isReversed: boolean): HostLine<T> | undefined {
    for (let index = 0; index < 3; index++) {
      const ring = this.#rings[lane][isReversed ? 2 - index : index]!;
      for (let line = ring.shift(); line !== undefined; line = ring.shift()) {
        // It may have moved to another ring since, or to none.
        if (line.ring === -1 || this.#rings[line.ringLane][line.ring] !== ring) continue;
        line.ring = -1;
        return line;
      }
    }
    return undefined;
  }

  clear(): void {
    for (const rings of Object.values(this.#rings)) for (const ring of rings) ring.drain();
  }
}
