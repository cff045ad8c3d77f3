// python -m asyncio pstree PID; asyncio.all_tasks(); asyncio.print_call_graph()
import assert from 'node:assert/strict';
import { formatTaskTree, Queue, run, sleep, taskGroup, taskTree } from 'sluice';

await run(
  async () => {
    const queue = new Queue<number>();
    await taskGroup(
      async (group) => {
        group.spawn(() => queue.get(), { name: 'worker' });
        await sleep('5ms');
        const text = formatTaskTree(taskTree()); // from outside: SLUICE_PS=1 node program.js, then sluice ps PID
        assert.match(text, /└─ main .*\n.*└─ group crew .*\n.*└─ worker +waiting +\S+ +Queue\.get/);
        group.cancel();
      },
      { name: 'crew' },
    );
  },
  { name: 'main' },
);
