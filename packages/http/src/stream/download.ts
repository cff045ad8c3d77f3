import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HttpError } from '../errors.ts';
import type { Evidence, EvidenceRecord } from '../evidence.ts';
import type { HeaderList } from '../header-list.ts';
import type { StreamedReply } from './streamed-reply.ts';

/** A file that came whole. */
export interface Download {
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  readonly status: number;
  readonly headers: HeaderList;
  readonly url: string;
  readonly evidence: Evidence;
}

/**
 * Writes a reply to a file: under another name beside it, then on the disk (fsync), then it takes the name. Whatever fails, there is either
 * the whole file or what was there before.
 */
export async function download(reply: StreamedReply, path: string): Promise<Download> {
  await reply.requireOk();
  const partPath = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const file = await onDisk(reply, path, () => open(partPath, 'wx'));
  let bytes = 0;
  try {
    try {
      for await (const chunk of reply) {
        await onDisk(reply, path, () => writeWhole(file, chunk));
        bytes += chunk.length;
      }
      await onDisk(reply, path, () => file.sync());
    } finally {
      await file.close();
    }
    await onDisk(reply, path, () => rename(partPath, path));
  } catch (error) {
    await unlink(partPath).catch(() => {});
    throw error;
  }
  await onDisk(reply, path, () => syncFolder(dirname(path)));
  const { status, headers, url, evidence } = reply;
  return { path, bytes, status, headers, url, evidence };
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

/** The new name itself has to be on the disk. Not every system lets a folder be synced. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function onDisk<T>(reply: StreamedReply, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const evidence = reply.evidence as EvidenceRecord;
    throw new HttpError('SLUICE_HTTP_FILE', `the file ${path} could not be written (${what})`, { cause, evidence });
  }
}
