import { constants, fstatSync, openSync } from 'node:fs';
import type { Target } from './setup.ts';

// Zero where the platform does not have it.
const WITHOUT_WAITING: number = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens the target so that writing to it never waits: a thread that waits inside a system call cannot be ended, and a process does not
 * end before its threads.
 *
 * @returns a descriptor; the target's own for standard output and error where it cannot be opened a second time.
 * @throws the system's error; `ENXIO` for a FIFO that nobody reads.
 */
export function openTarget(target: Target): number {
  if ('path' in target) {
    return openSync(target.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | WITHOUT_WAITING);
  }
  return openStandard(target.descriptor);
}

/** Standard output (1) or error (2) for writing without waiting. */
export function openStandard(descriptor: 1 | 2): number {
  // A file keeps its descriptor: a second one would have an offset of its own and write over what others append.
  if (fstatSync(descriptor).isFile()) return descriptor;
  try {
    // Pipes and terminals are opened a second time, for O_NONBLOCK on the first would reach every process that shares it.
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | WITHOUT_WAITING);
  } catch {
    return withoutWaiting(descriptor);
  }
}

/** Sockets cannot be opened a second time: they get the flag themselves, as they do when a program first uses `process.stdout`. */
function withoutWaiting(descriptor: 1 | 2): number {
  try {
    // Node's way to O_NONBLOCK is to take the descriptor as a socket, which for 0 to 2 it never closes. Most logs are files: loaded when it is needed.
    const { Socket } = process.getBuiltinModule('node:net');
    new Socket({ fd: descriptor, readable: false }).unref();
  } catch {
    // Neither pipe nor socket: a device, and those that wait could be opened above.
  }
  return descriptor;
}
