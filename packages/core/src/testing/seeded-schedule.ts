import type { Schedule } from '../task/runtime.ts';

/** Draws the order in which what is ready goes on, among all that are ready in the same microtask, from `random`; `onGoesOn` is told how many do. */
export function seededSchedule(random: () => number, onGoesOn: (count: number) => void): Schedule {
  let ready: (() => void)[] = [];
  const proceedAll = (): void => {
    const batch = ready;
    ready = [];
    shuffle(batch, random);
    onGoesOn(batch.length);
    for (const proceed of batch) proceed();
  };
  return (proceed) => {
    if (ready.push(proceed) === 1) queueMicrotask(proceedAll);
  };
}

/** Fisher-Yates (Knuth, TAOCP volume 2, algorithm 3.4.2P). */
function shuffle(items: unknown[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [items[last], items[pick]] = [items[pick], items[last]];
  }
}
