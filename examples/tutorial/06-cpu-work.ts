// asyncio: computing blocks the loop, so it goes to asyncio.to_thread() or a ProcessPoolExecutor.
// Here: offload() makes the functions of a module run on threads, toProcess() on a process; both belong to the task tree, so a timeout ends them.
import { map, run, timeout } from '@sluice/core';
import { offload, toProcess } from '@sluice/offload';
import type { Image, resize } from './resize.ts';

const resizeUrl = new URL('./resize.ts', import.meta.url);
const images = Array.from({ length: 12 }, (_, index) => plainImage(1200, 900, index));

await run(async () => {
  await using work = offload<typeof import('./resize.ts')>(resizeUrl, { threads: 2 });

  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const small = await map(images, (image) => work.resize(image, 300), { concurrency: 4 });
  clearInterval(timer);
  console.log(
    `resized ${small.length} images to ${small[0]!.width}x${small[0]!.height}; meanwhile a timer ticked ${ticks} times`,
  );

  const large = plainImage(6000, 6000, 0);
  const tooSlow = timeout('50ms', () => work.resize(large, 5999)); // its thread is ended in the middle; the next call has a new one
  console.log(
    await tooSlow.then(
      () => 'in time',
      (error: Error) => error.message,
    ),
  );

  const one = await toProcess<typeof resize>(resizeUrl, 'resize', images[0]!, 30); // what crashes in a process stays there
  console.log(`a process made it ${one.width}x${one.height}`);
});

function plainImage(width: number, height: number, brightness: number): Image {
  return { width, height, pixels: new Uint8Array(width * height).fill(brightness) };
}
