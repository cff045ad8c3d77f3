import { run, sleepForever, taskGroup } from '@sluice/core';
import { exposeTaskTree } from '@sluice/core/node';

// Shows its task tree until it is interrupted; with `ends` it ends by itself, with `imports` SLUICE_PS decides.
const how = process.argv[2];

await run(async () => {
  const exposed = how === 'imports' ? undefined : await exposeTaskTree();
  if (how === 'ends') {
    console.log(exposed!.path);
    return;
  }
  await taskGroup((group) => {
    group.spawn(sleepForever, { name: 'waits for ever' });
    setTimeout(() => console.log('ready'), 50);
  });
});
