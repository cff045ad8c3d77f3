import { UsageError } from '@sluice/core';
import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import type { RequestOptions } from './options.ts';
import { multipartUpload } from './upload/multipart.ts';
import { toUpload, type Upload } from './upload/upload.ts';

/** A body as it is sent. */
export interface RequestBody {
  readonly bytes: Uint8Array | Upload;
  /** What it is, unless the caller's headers say; undefined for bytes, which only the caller knows. */
  readonly contentType: string | undefined;
}

/**
 * The body that the options ask for; undefined for none.
 *
 * @throws UsageError when more than one of `body`, `json`, `form` and `multipart` is given; HttpError of class `input` when JSON cannot be written.
 */
export function requestBody(options: RequestOptions, evidence: EvidenceRecord): RequestBody | undefined {
  const { body, json, form, multipart } = options;
  if (body === undefined && json === undefined && form === undefined && multipart === undefined) return undefined;
  if ([body, json, form, multipart].filter((given) => given !== undefined).length > 1) {
    throw new UsageError('a request has one body: give body, json, form or multipart, not several');
  }
  if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: 'text/plain; charset=utf-8' };
  if (body instanceof Uint8Array) return { bytes: body, contentType: undefined };
  const upload = body === undefined ? multipart && multipartUpload(multipart) : toUpload(body);
  if (upload !== undefined) return { bytes: upload, contentType: upload.contentType };
  if (form !== undefined) {
    const fields = Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]);
    return {
      bytes: Buffer.from(new URLSearchParams(fields).toString()),
      contentType: 'application/x-www-form-urlencoded',
    };
  }
  return { bytes: Buffer.from(toJson(json, evidence)), contentType: 'application/json' };
}

function toJson(value: unknown, evidence: EvidenceRecord): string {
  let cause: unknown;
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  throw new HttpError('SLUICE_HTTP_BAD_BODY', 'the value given as json cannot be written as JSON', { cause, evidence });
}
