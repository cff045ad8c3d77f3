import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { RequestError } from '../route/request-error.ts';
import { collectPairs } from './collect-pairs.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A request body as httpbin takes it apart. */
export interface RequestBody {
  /** The body as text, or as a base64 data: URL if it is not UTF-8; '' if it was a form. */
  readonly data: string;
  /** Uploaded files of a multipart form, as text. */
  readonly files: Record<string, string | string[]>;
  readonly form: Record<string, string | string[]>;
  /** The body parsed as JSON, null if it is none. */
  readonly json: unknown;
}

/** Reads and takes apart a request's body. Throws a `RequestError`: 413 above 16 MiB, 400 for a malformed multipart form. */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const bytes = await readAll(request);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { data: '', files: {}, form: collectPairs(new URLSearchParams(bytes.toString())), json: null };
  }
  if (type.startsWith('multipart/form-data')) return readMultipart(bytes, type);
  const text = isUtf8(bytes) ? bytes.toString() : undefined;
  const data = text ?? `data:application/octet-stream;base64,${bytes.toString('base64')}`;
  return { data, files: {}, form: {}, json: parseJson(text) };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RequestError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readMultipart(bytes: Buffer, type: string): Promise<RequestBody> {
  const entries = await parseMultipart(bytes, type);
  const fields: [string, string][] = [];
  const files: [string, string][] = [];
  for (const [name, value] of entries) {
    if (typeof value === 'string') fields.push([name, value]);
    else files.push([name, await value.text()]);
  }
  return { data: '', files: collectPairs(files), form: collectPairs(fields), json: null };
}

async function parseMultipart(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch (error) {
    throw new RequestError(400, `the multipart form is malformed: ${String(error)}`);
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
