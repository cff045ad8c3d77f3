import { environment } from './environment.ts';
import { exposeTaskTree } from './expose-task-tree.ts';
import { warn } from './warn.ts';

export { answerRequests, type ExposedTaskTree, exposeTaskTree } from './expose-task-tree.ts';
export { askProcess, exposedProcesses, readTaskTree } from './read-task-tree.ts';
export { TaskTreeError } from './task-tree-socket.ts';

if (environment('SLUICE_PS') === '1') {
  exposeTaskTree().catch((error: unknown) => warn('SLUICE_TASK_TREE', String(error)));
}
