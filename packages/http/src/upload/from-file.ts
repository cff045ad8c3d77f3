import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HttpError } from '../errors.ts';
import { EvidenceRecord } from '../evidence.ts';
import type { Upload } from './upload.ts';

/** A file as a body, or as a part of one. */
export interface FileUpload extends Upload {
  readonly length: number;
  readonly isReplayable: true;
  /** The last part of its path. */
  readonly filename: string;
}

const READ_BYTES = 64 * 1024;

/**
 * A file to send: `body: await fromFile(path)`, or a value of `multipart`. It is opened when it is sent and read piece by piece, as fast as
 * the connection takes it. Its size is taken now: a file that has another size when it is sent fails the request (`SLUICE_HTTP_BAD_BODY`).
 * `contentType` is what it is; default `application/octet-stream`.
 *
 * @throws HttpError `SLUICE_HTTP_BAD_BODY` (class `input`) when there is no such file.
 * @example
 * await session.put(url, { body: await fromFile('backup.tar') });
 */
export async function fromFile(path: string, contentType = 'application/octet-stream'): Promise<FileUpload> {
  const length = await sizeOf(path);
  return {
    length,
    isReplayable: true,
    contentType,
    filename: basename(path),
    chunks: () => createReadStream(path, { highWaterMark: READ_BYTES }),
  };
}

async function sizeOf(path: string): Promise<number> {
  let cause: unknown;
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats.size;
  } catch (error) {
    cause = error;
  }
  const evidence = new EvidenceRecord('fromFile', path);
  throw new HttpError('SLUICE_HTTP_BAD_BODY', 'this is no file that can be read', { cause, evidence });
}
