import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveOnAfter, type TaskGroup, taskGroup } from '@sluice/core';
import { ManualClock, testRun } from '@sluice/core/testing';
import fc from 'fast-check';

/** What comes between an actor and its work: nothing, a cancel, or the end of its patience. */
export type Fate = 'stays' | 'is cancelled' | 'loses patience';

/** How often time moves on by a millisecond, at any moment; when nothing else can happen it jumps. */
const TICKS = 4;
/** Turns of the event loop in which nothing could happen, after which nothing ever will. */
const PATIENCE_TURNS = 20;
const FATES: readonly Fate[] = ['stays', 'stays', 'is cancelled', 'loses patience'];

/** One run: actors whose steps, cancels and timeouts happen in an order that fast-check's scheduler draws. */
export class World {
  readonly clock: ManualClock;
  readonly #scheduler: fc.Scheduler;
  readonly #fates: readonly Fate[];
  #group!: TaskGroup;
  #actors = 0;
  #atRest: (() => void) | undefined;

  constructor(scheduler: fc.Scheduler, fates: readonly Fate[]) {
    this.clock = new ManualClock();
    this.#scheduler = scheduler;
    this.#fates = fates;
  }

  /** A moment at which anyone else may come first. */
  step(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label);
  }

  /** Someone who works, with the next fate of the plan unless one is given. */
  actor(work: (id: number, fate: Fate) => Promise<unknown>, given?: Fate): void {
    const id = this.#actors++;
    const fate = given ?? this.#fates[id % this.#fates.length]!;
    const name = `actor ${id} ${fate}`;
    const task = this.#group.spawn(
      () => (fate === 'loses patience' ? moveOnAfter(2, () => work(id, fate)) : work(id, fate)),
      { name },
    );
    if (fate === 'is cancelled') {
      this.#group.spawn(async () => {
        await this.step(`cancel of ${name}`);
        task.cancel();
      });
    }
  }

  /** Done once, when nobody can go on by himself: what is left there is looked at and sent home. */
  atRest(action: () => void): void {
    this.#atRest = action;
  }

  /** Runs the play until everybody has gone home. */
  async run(play: (world: World) => () => void): Promise<void> {
    let check = (): void => {};
    let isOver = false;
    const running = testRun(
      () =>
        taskGroup((group) => {
          this.#group = group;
          check = play(this);
          for (let tick = 0; tick < TICKS; tick++) {
            group.spawn(async () => {
              await this.step('a millisecond');
              this.clock.advance(1);
            });
          }
        }),
      { clock: this.clock },
    ).finally(() => {
      isOver = true;
    });
    running.catch(() => {});
    for (let idle = 0; !isOver; idle++) {
      if (idle > PATIENCE_TURNS) throw new Error('it hangs: nobody can go on');
      await new Promise((resolve) => setImmediate(resolve));
      if (await this.#goOn()) idle = 0;
    }
    await running;
    check();
  }

  /** Whether there was anything that could happen next. */
  async #goOn(): Promise<boolean> {
    const { nextAlarmAt } = this.clock;
    if (this.#scheduler.count() > 0) await this.#scheduler.waitNext(1);
    else if (nextAlarmAt !== undefined) this.clock.advance(Math.max(0, nextAlarmAt - this.clock.now()));
    else if (this.#atRest !== undefined) {
      const action = this.#atRest;
      this.#atRest = undefined;
      action();
    } else return false;
    return true;
  }
}

/** A test of a play at any interleaving. The play sets actors up and answers with what must hold when all have gone home. */
export function atAnyInterleaving(name: string, play: (world: World) => () => void): void {
  test(`at any interleaving: ${name}`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 5 }),
        (scheduler, fates) => new World(scheduler, fates).run(play),
      ),
      { numRuns: 150 },
    ));
}

/** Whether `part` is `whole` with some left out: the order is kept. */
export function assertInOrder(part: readonly unknown[], whole: readonly unknown[]): void {
  assert.deepEqual(
    part,
    whole.filter((each) => part.includes(each)),
    'first in, first out',
  );
  assert.equal(new Set(part).size, part.length, 'nothing twice');
}
