import { randomUUID } from 'node:crypto';
import { toUpload, type Upload, type UploadInput } from './upload.ts';

/** A part with a file name: what it holds, and what it is. */
export interface FilePart {
  readonly data: string | Uint8Array | UploadInput;
  /** Default: the data's own (`fromFile`), else none is sent. */
  readonly filename?: string;
  /** Default: the data's own, else `application/octet-stream`. */
  readonly contentType?: string;
}

type PartValue = string | number | boolean | Uint8Array | UploadInput | FilePart;

/** The fields of a form, in order. An array repeats its name. */
export type MultipartFields = Readonly<Record<string, PartValue | readonly PartValue[]>>;

interface Part {
  readonly head: Buffer;
  readonly content: Uint8Array | Upload;
}

const LINE_END = Buffer.from('\r\n');

/**
 * A form with files (`multipart/form-data`, RFC 7578; names are written as the HTML standard says). Its length is known when the length of
 * every part is; then it is sent with a Content-Length, else in chunks.
 */
export function multipartUpload(fields: MultipartFields): Upload {
  const boundary = `sluice-${randomUUID()}`;
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly PartValue[]) : [value as PartValue]).map((one) =>
      makePart(boundary, name, one),
    ),
  );
  const tail = Buffer.from(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: totalLength(parts, tail),
    isReplayable: parts.every(({ content }) => content instanceof Uint8Array || content.isReplayable === true),
    async *chunks() {
      for (const { head, content } of parts) {
        yield head;
        if (content instanceof Uint8Array) yield content;
        else yield* content.chunks();
        yield LINE_END;
      }
      yield tail;
    },
  };
}

function makePart(boundary: string, name: string, value: PartValue): Part {
  if (typeof value !== 'object') return field(boundary, name, Buffer.from(String(value)), undefined, undefined);
  const { data, ...said } = isFilePart(value) ? value : { data: value };
  const content = typeof data === 'string' ? Buffer.from(data) : data instanceof Uint8Array ? data : toUpload(data);
  const own = content as { readonly filename?: string; readonly contentType?: string | undefined };
  const filename = said.filename ?? own.filename ?? (data instanceof File ? data.name : undefined);
  const contentType = said.contentType ?? own.contentType ?? 'application/octet-stream';
  return field(boundary, name, content, filename, contentType);
}

function isFilePart(value: object): value is FilePart {
  return 'data' in value && !(Symbol.asyncIterator in value);
}

function field(
  boundary: string,
  name: string,
  content: Uint8Array | Upload,
  filename: string | undefined,
  contentType: string | undefined,
): Part {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  // A line break in a type would be a header of its own.
  const type = contentType === undefined ? '' : `content-type: ${contentType.replace(/[\r\n]/g, ' ')}\r\n`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"${file}\r\n${type}\r\n`;
  return { head: Buffer.from(head), content };
}

/** HTML 4.10.21.8: in names, only quotes and line breaks are escaped. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function totalLength(parts: readonly Part[], tail: Buffer): number | undefined {
  let total = tail.length;
  for (const { head, content } of parts) {
    if (content.length === undefined) return undefined;
    total += head.length + content.length + LINE_END.length;
  }
  return total;
}
