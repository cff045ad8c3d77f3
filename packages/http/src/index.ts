export { SchemaFailure } from './check-schema.ts';
export { classifyStatus, type StatusClass } from './classify-status.ts';
export { decodeStream } from './decode/decode-stream.ts';
export { decodeOnThreadPool } from './decode/undo-whole.ts';
export type { ContentCoding, DecodeFunction } from './decode-body.ts';
export type { AddressPolicy } from './dial/address-policy.ts';
export type { Lookup, ResolvedAddress } from './dial/lookup.ts';
export type { ProxyOptions } from './dial/proxy-table.ts';
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
export type { Attempt } from './hooks/attempt.ts';
export { ATTEMPT_CHANNELS } from './hooks/attempt-channels.ts';
export type { AttemptHooks } from './hooks/attempt-hooks.ts';
export { isIdempotentMethod } from './is-idempotent-method.ts';
export type {
  LimitOptions,
  RequestOptions,
  SessionOptions,
  SharedOptions,
  StreamOptions,
  TlsOptions,
} from './options.ts';
export { parseRetryAfter } from './parse-retry-after.ts';
export { Reply, type ReplyParts } from './reply.ts';
export { Session, type SessionStats } from './session.ts';
export type { Download } from './stream/download.ts';
export { StreamedReply } from './stream/streamed-reply.ts';
export type { BodySource } from './transport/body-source.ts';
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
export { type FileUpload, fromFile } from './upload/from-file.ts';
export type { FilePart, MultipartFields } from './upload/multipart.ts';
export type { Upload, UploadInput } from './upload/upload.ts';
export { VERSION } from './version.ts';
export { type Replay, type ReplayScript, ReplayTransport } from './wire/replay-transport.ts';
