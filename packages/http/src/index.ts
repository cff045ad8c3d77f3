export { classifyStatus, type StatusClass } from './classify-status.ts';
export { type ContentCoding, type DecodeFunction, decodeOnThreadPool } from './decode-body.ts';
export {
  type FailureClass,
  HTTP_ERRORS,
  HttpError,
  type HttpErrorCode,
  type HttpErrorOptions,
  HttpStatusError,
} from './errors.ts';
export { type Evidence, EvidenceRecord, type Phase, type Timings } from './evidence.ts';
export { HeaderList } from './header-list.ts';
export { isIdempotentMethod } from './is-idempotent-method.ts';
export type { LimitOptions, RequestOptions, SessionOptions, SharedOptions, TlsOptions } from './options.ts';
export { parseRetryAfter } from './parse-retry-after.ts';
export { Reply, type ReplyParts } from './reply.ts';
export { Session, type SessionStats } from './session.ts';
export { type MockEvent, type MockScript, MockTransport, mockReply } from './transport/mock-transport.ts';
export type {
  Call,
  ConnectPhase,
  OriginStats,
  Transport,
  TransportHandler,
  TransportRequest,
} from './transport/transport.ts';
export { TransportFailure, type TransportFailureKind } from './transport/transport-failure.ts';
export { VERSION } from './version.ts';
