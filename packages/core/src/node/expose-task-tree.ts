import { unlinkSync } from 'node:fs';
import { chmod, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { UsageError } from '../errors/usage-error.ts';
import { runInScope } from '../scope/ambient.ts';
import { taskTree } from '../sight/task-tree.ts';
import { makeSocketFolder, socketPath, TaskTreeError } from './task-tree-socket.ts';

/** The open socket; closing removes it. */
export interface ExposedTaskTree extends AsyncDisposable {
  readonly path: string;
  close(): Promise<void>;
}

/** A request is one short line; whoever sends more is cut off. */
const MAX_REQUEST = 1024;
const MAX_WAIT_MS = 5000;

/**
 * Lets tools of the same user read this process's live task tree: `sluice ps PID`, or `readTaskTree(pid)`. It listens on a Unix socket
 * (mode 0600) that only this user's processes reach, does not keep the process alive, and is removed at its end. Setting `SLUICE_PS=1` does the same
 * for a program that imports `@sluice/core/node`.
 *
 * @throws TaskTreeError when the socket cannot be made.
 * @example
 * await using exposed = await exposeTaskTree();
 */
export async function exposeTaskTree(): Promise<ExposedTaskTree> {
  shared ??= { users: 0, opened: open() };
  const mine = shared;
  mine.users++;
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    if (--mine.users > 0) return;
    shared = undefined;
    (await mine.opened).close();
  };
  try {
    const { path } = await mine.opened;
    return { path, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    shared = undefined;
    throw error;
  }
}

/** What the process answers besides its tree, by name. */
const answers = new Map<string, (argument: unknown) => unknown>();

/**
 * Lets {@link askProcess} of other processes of this user reach `answer`, as long as the task tree is exposed and until it is disposed of. What it
 * returns, or its promise gives, is sent as JSON; what it throws is sent as its message.
 *
 * @throws UsageError when the name is answered already.
 * @example
 * using _ = answerRequests('double', (argument) => Number(argument) * 2);
 */
export function answerRequests(name: string, answer: (argument: unknown) => unknown): Disposable {
  if (name === 'tree' || answers.has(name)) throw new UsageError(`requests of the name '${name}' are answered already`);
  answers.set(name, answer);
  return { [Symbol.dispose]: () => void answers.delete(name) };
}

interface Opened {
  readonly path: string;
  close(): void;
}

/** A process has one socket, however often it is asked to open it. */
let shared: { users: number; readonly opened: Promise<Opened> } | undefined;

async function open(): Promise<Opened> {
  const path = socketPath(process.pid);
  // Outside every scope: what connects is of no task, and sees the whole process.
  const server = runInScope(undefined, () => createServer(answer), undefined);
  try {
    await makeSocketFolder();
    // A process that had our number before us may have left it.
    await unlink(path).catch(() => {});
    await listen(server, path);
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    if (error instanceof TaskTreeError) throw error;
    throw new TaskTreeError(`the task tree cannot be shown at ${path}: ${String(error)}`, { cause: error });
  }
  server.unref();
  process.once('exit', removeSocket);
  return {
    path,
    close() {
      process.off('exit', removeSocket);
      // It also removes the socket, at once; connections end by themselves.
      server.close();
    },
  };
}

function removeSocket(): void {
  try {
    unlinkSync(socketPath(process.pid));
  } catch {
    // Gone already.
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answer(socket: Socket): void {
  let request = '';
  socket.unref();
  socket.setEncoding('utf8');
  socket.setTimeout(MAX_WAIT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    request += text;
    if (request.includes('\n')) void reply(request).then((text) => socket.end(`${text}\n`));
    else if (request.length > MAX_REQUEST) socket.destroy();
  });
}

async function reply(request: string): Promise<string> {
  for (const [name, argument] of Object.entries(readRequest(request))) {
    if (name === 'tree' && argument === true) return JSON.stringify({ tree: taskTree() });
    const answer = answers.get(name);
    if (answer === undefined) continue;
    try {
      return JSON.stringify({ answer: (await answer(argument)) ?? null });
    } catch (error) {
      return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  const known = ['{"tree":true}', ...[...answers.keys()].map((name) => `{"${name}":…}`)];
  return JSON.stringify({ error: `what is answered is ${known.join(', ')}` });
}

function readRequest(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}
