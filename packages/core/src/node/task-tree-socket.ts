import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';

/** The task tree of a process could not be shown or read. Code `SLUICE_TASK_TREE`. */
export class TaskTreeError extends SluiceError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { code: 'SLUICE_TASK_TREE', ...options });
  }
}
brand(TaskTreeError, 'TaskTreeError');

/** The user's own folder of sockets: `$XDG_RUNTIME_DIR/sluice`, or `sluice-<uid>` in the folder for temporary files. */
export function socketFolder(): string {
  const runtimeFolder = process.env.XDG_RUNTIME_DIR;
  if (runtimeFolder !== undefined && runtimeFolder !== '') return join(runtimeFolder, 'sluice');
  return join(tmpdir(), `sluice-${userId()}`);
}

/** Where the process `pid` answers. */
export function socketPath(pid: number): string {
  return join(socketFolder(), `${pid}.sock`);
}

/**
 * Makes the folder, for this user alone.
 *
 * @throws TaskTreeError when it belongs to someone else or is no folder: in a shared place another user may have made it first.
 */
export async function makeSocketFolder(): Promise<void> {
  const folder = socketFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode, ...kind } = await describe(folder);
  if (!kind.isFolder || uid !== userId()) {
    throw new TaskTreeError(
      `${folder} is no folder of this user: remove it, or set XDG_RUNTIME_DIR to a folder that is`,
    );
  }
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
}

async function describe(folder: string): Promise<{ uid: number; mode: number; isFolder: boolean }> {
  // Not stat: a link that someone else put there must not be followed.
  const stats = await lstat(folder);
  return { uid: stats.uid, mode: stats.mode, isFolder: stats.isDirectory() };
}

function userId(): number {
  return process.getuid?.() ?? 0;
}
