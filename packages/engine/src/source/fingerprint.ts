import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const EDGE_BYTES = 65_536;

/**
 * Tells whether a file is the one that a run began with: its size and a hash of its first and last 64 KiB. Of a larger file the time of its
 * last change counts too, since its middle is not read: 100 GB would take minutes. **What it cannot see:** a change in the middle that keeps
 * the size and sets the time back. A file of up to 128 KiB is hashed whole, and the same content written again is the same list.
 */
export async function fingerprint(file: FileHandle): Promise<string> {
  const { size, mtimeMs } = await file.stat();
  const hash = createHash('sha256');
  const head = Buffer.alloc(Math.min(EDGE_BYTES, size));
  await file.read(head, 0, head.length, 0);
  hash.update(head);
  const tail = Buffer.alloc(Math.min(EDGE_BYTES, Math.max(0, size - EDGE_BYTES)));
  await file.read(tail, 0, tail.length, size - tail.length);
  hash.update(tail);
  const sha256 = hash.digest('hex');
  return JSON.stringify(size > 2 * EDGE_BYTES ? { size, sha256, mtimeMs } : { size, sha256 });
}
