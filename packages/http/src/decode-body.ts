/** A content coding that bodies are decoded from. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/**
 * Undoes one content coding: the whole body in, the whole body out. Rejects with an error of code `ERR_BUFFER_TOO_LARGE` as soon as there
 * are more than `maxBytes`, of code `Z_BUF_ERROR` when the body ends too early, and with any other error when it is not in that coding,
 * or goes on behind its end.
 */
export type DecodeFunction = (body: Uint8Array, coding: ContentCoding, maxBytes: number) => Promise<Uint8Array>;

/** What bodies are asked for in. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  __proto__: null as never,
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/** Below this much decoded text a ratio says nothing. */
export const RATIO_FREE_BYTES: number = 1024 * 1024;
const MAX_CODINGS = 2;

/** Why a body could not be decoded. An `UNDECODABLE` one may come whole when it is asked for without compression. */
export class DecodeFailure extends Error {
  readonly code:
    | 'SLUICE_HTTP_TRUNCATED'
    | 'SLUICE_HTTP_UNDECODABLE'
    | 'SLUICE_HTTP_UNKNOWN_CODING'
    | 'SLUICE_HTTP_TOO_MANY_CODINGS'
    | 'SLUICE_HTTP_RATIO'
    | 'SLUICE_HTTP_BODY_TOO_LARGE';

  constructor(code: DecodeFailure['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** What an error of a decoder means. */
  static of(cause: unknown, coding: ContentCoding): DecodeFailure {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'Z_BUF_ERROR') {
      return new DecodeFailure('SLUICE_HTTP_TRUNCATED', `the ${coding} body ends before its end`, cause);
    }
    return new DecodeFailure('SLUICE_HTTP_UNDECODABLE', `the server says ${coding}, but the body is not`, cause);
  }
}

/** Bounds of a decoded body. */
export interface DecodeLimits {
  readonly maxBodyBytes: number;
  readonly maxRatio: number;
}

/**
 * The codings that a `Content-Encoding` names, in the order in which they were applied.
 *
 * @throws DecodeFailure for more than two, and for one that nobody knows.
 */
export function codingsOf(contentEncoding: string): ContentCoding[] {
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_CODINGS) {
    throw new DecodeFailure(
      'SLUICE_HTTP_TOO_MANY_CODINGS',
      `${names.length} content codings on one body, at most ${MAX_CODINGS} are undone`,
    );
  }
  return names.map((name) => {
    const coding = CODINGS[name];
    if (coding !== undefined) return coding;
    throw new DecodeFailure(
      'SLUICE_HTTP_UNKNOWN_CODING',
      `unknown content coding '${name}'; decode: false gives the body as it is`,
    );
  });
}

/**
 * Decodes a whole body as its `Content-Encoding` says (RFC 9110 8.4), last coding first.
 *
 * @throws DecodeFailure
 */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string,
  limits: DecodeLimits,
  decode: DecodeFunction,
): Promise<Uint8Array> {
  const codings = codingsOf(contentEncoding);
  // An answer without content (HEAD, 204, 304) still names the coding that its content would have.
  if (body.length === 0) return body;
  const ratioBytes = Math.max(RATIO_FREE_BYTES, limits.maxRatio * body.length);
  let decoded = body;
  for (const coding of codings.reverse()) decoded = await undo(decoded, coding, limits, ratioBytes, decode);
  return decoded;
}

async function undo(
  body: Uint8Array,
  coding: ContentCoding,
  limits: DecodeLimits,
  ratioBytes: number,
  decode: DecodeFunction,
): Promise<Uint8Array> {
  const maxBytes = Math.min(limits.maxBodyBytes, ratioBytes);
  try {
    return await decode(body, coding, maxBytes);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw ratioBytes < limits.maxBodyBytes
        ? new DecodeFailure(
            'SLUICE_HTTP_RATIO',
            `the ${coding} body decodes to more than ${limits.maxRatio} times its size`,
            cause,
          )
        : new DecodeFailure(
            'SLUICE_HTTP_BODY_TOO_LARGE',
            `the ${coding} body decodes to more than ${limits.maxBodyBytes} bytes`,
            cause,
          );
    }
    throw DecodeFailure.of(cause, coding);
  }
}
