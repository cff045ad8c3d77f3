import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { type Duration, parseDuration } from '../duration.ts';
import { cancellable } from '../scope/checkpoint.ts';
import { timeout } from '../scope/timeout.ts';
import type { TaskTree } from '../sight/task-tree.ts';
import { socketFolder, socketPath, TaskTreeError } from './task-tree-socket.ts';

/** A tree of a million tasks is some 200 MB; more than this is no tree. */
const MAX_ANSWER = 512 * 1024 * 1024;

/**
 * The live task tree of another process of this user, which exposes it: see `exposeTaskTree`.
 *
 * @throws TaskTreeError when the process exposes none or answers something else; TimeoutError after `timeout` (default `'5s'`); CancelledError.
 * @example
 * console.log(formatTaskTree(await readTaskTree(4711)));
 */
export async function readTaskTree(pid: number, options: { readonly timeout?: Duration } = {}): Promise<TaskTree> {
  const durationMs = parseDuration(options.timeout ?? '5s');
  const answer = await timeout(durationMs, () => ask(pid, { tree: true }));
  try {
    const { tree } = JSON.parse(answer) as { tree?: TaskTree };
    if (tree !== undefined) return tree;
  } catch (error) {
    throw new TaskTreeError(`process ${pid} did not answer with a task tree`, { cause: error });
  }
  throw new TaskTreeError(`process ${pid} did not answer with a task tree: ${answer.trim()}`);
}

/**
 * Asks another process of this user, which exposes its task tree, something that it answers: see `answerRequests`.
 *
 * @throws TaskTreeError when it does not answer that, or with what its answer threw; TimeoutError after `timeout` (default `'5s'`); CancelledError.
 * @example
 * console.log(await askProcess(4711, 'twice', 21));
 */
export async function askProcess(
  pid: number,
  name: string,
  argument: unknown,
  options: { readonly timeout?: Duration } = {},
): Promise<unknown> {
  const text = await timeout(parseDuration(options.timeout ?? '5s'), () => ask(pid, { [name]: argument }));
  let said: { readonly answer?: unknown; readonly error?: unknown };
  try {
    said = JSON.parse(text) as typeof said;
  } catch (error) {
    throw new TaskTreeError(`process ${pid} did not answer in JSON`, { cause: error });
  }
  if ('answer' in said) return said.answer;
  throw new TaskTreeError(`process ${pid} answered: ${String(said.error)}`);
}

/** The processes of this user that expose their task tree now, in order of their numbers. */
export async function exposedProcesses(): Promise<number[]> {
  const names = await readdir(socketFolder()).catch(() => []);
  const pids = names.flatMap((name) => (/^\d+\.sock$/.test(name) ? [Number.parseInt(name, 10)] : []));
  return pids.filter(isAlive).sort((a, b) => a - b);
}

function ask(pid: number, request: unknown): Promise<string> {
  const socket = connect(socketPath(pid));
  const answered = new Promise<string>((resolve, reject) => {
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > MAX_ANSWER) socket.destroy(new TaskTreeError(`the answer of process ${pid} is too long`));
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (error) => reject(refused(error, pid)));
  });
  return cancellable(answered, { onCancel: () => socket.destroy() });
}

function refused(error: Error, pid: number): TaskTreeError {
  if (error instanceof TaskTreeError) return error;
  const advice = 'start it with SLUICE_PS=1, or call exposeTaskTree() in it';
  const what = isAlive(pid) ? `process ${pid} does not show its task tree: ${advice}` : `there is no process ${pid}`;
  return new TaskTreeError(what, { cause: error });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
