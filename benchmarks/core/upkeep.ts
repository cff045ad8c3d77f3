// What a short task or scope costs beside many live ones. node … upkeep.ts 'siblings N' | 'depth N' [items]
import { type CancelScope, cancelScope, sleepForever, taskGroup } from '@sluice/core';
import { measure } from '../support/measure.ts';

const [kind = '', count] = process.argv.slice(2);
const items = Number(count ?? 200_000);
const size = Number(kind.split(' ')[1]);
let ended = 0;

async function oneAfterTheOther(): Promise<number> {
  for (let left = items; left > 0; left--) {
    await cancelScope(async () => {
      await Promise.resolve();
      ended++;
    });
  }
  return ended;
}

/** Spawns and joins short tasks, one after the other, in a group in which `size` others sleep. */
async function amongSiblings(): Promise<void> {
  await taskGroup(async (group) => {
    for (let index = 0; index < size; index++) group.spawn(sleepForever);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await measure(items, async () => {
      for (let left = items; left > 0; left--) {
        await group.spawn(async () => {
          ended++;
        });
      }
      return ended;
    });
    group.cancel();
  });
}

/** Enters and leaves scopes, one after the other, inside `size` that are nested. */
async function inside(depth: number): Promise<void> {
  if (depth === 0) await measure(items, oneAfterTheOther);
  else await cancelScope((_scope: CancelScope) => inside(depth - 1));
}

await (kind.startsWith('siblings') ? amongSiblings() : inside(size));
