import { constants, createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { currentScope } from '@sluice/core';

/**
 * Opens what can be read only once: a FIFO or a device. A FIFO is read through the event loop and not on a thread, where waiting for a
 * writer could not be ended and would hold up the end of the process.
 */
export async function openStream(path: string): Promise<Readable> {
  if (!(await stat(path)).isFIFO()) return createReadStream(path);
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** Destroys `stream` when the current scope is cancelled: reading it then fails with the cancellation as the cause. */
export function endWithScope(stream: Readable): Readable {
  return addAbortSignal(currentScope().signal, stream);
}
