import { constants } from 'node:http2';
import { isTlsRefusal, refusedByTls } from '../dial/dial-failure.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

/** The error codes of HTTP/2 by their numbers (RFC 9113 7). */
const NAMES: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** What is known of a stream that closed before its end. */
export interface ClosedStream {
  readonly rstCode: number;
  /** The response had begun. */
  readonly hasHead: boolean;
  /** Why the connection broke, if it did. */
  readonly connectionError: unknown;
}

/** What it means that a stream closed before its end. */
export function whyItFailed({ rstCode, hasHead, connectionError }: ClosedStream): TransportFailure {
  const name = nameOf(rstCode);
  const failure = (kind: TransportFailure['kind'], message: string): TransportFailure =>
    new TransportFailure(kind, message, connectionError);
  if (connectionError instanceof Error && isTlsRefusal(connectionError)) return refusedByTls(connectionError);
  if (hasHead) return failure('truncated', `the stream was closed before its end (${name})`);
  const code = codeOf(connectionError);
  // What node:http2 finds wrong itself; a server that finds us wrong sends GOAWAY, which has another code.
  if (code === 'ERR_HTTP2_ERROR') return failure('malformed', `what came breaks the rules of HTTP/2 (${name})`);
  if (connectionError !== undefined) return failure('reset', `the connection broke (${code || name})`);
  switch (rstCode) {
    case constants.NGHTTP2_NO_ERROR:
      return failure('closed', 'the stream was closed before an answer');
    case constants.NGHTTP2_PROTOCOL_ERROR:
      return failure('malformed', `the answer, or to the server the request, breaks the rules of HTTP/2 (${name})`);
    default:
      return failure('reset', `the stream was reset (${name})`);
  }
}

/** The server certainly did not process the request, and it cannot be sent once more. */
export function notProcessed(rstCode: number, connectionError: unknown): TransportFailure {
  return new TransportFailure(
    'connect',
    `the server did not process the request (${nameOf(rstCode)}), and sending it again did not help or cannot be done`,
    connectionError,
  );
}

function nameOf(rstCode: number): string {
  return NAMES[rstCode] ?? `code ${rstCode}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
