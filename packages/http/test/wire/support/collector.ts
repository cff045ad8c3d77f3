import { HeaderList, type Transport, type TransportHandler, type TransportRequest } from '@sluice/http';

/** What an exchange came to. */
export interface Collected {
  readonly status: number;
  readonly headers: readonly string[];
  /** latin1 */
  readonly body: string;
  readonly informational: readonly number[];
  readonly unverifiedLength: boolean;
  /** Undefined when it ended well. */
  readonly error: unknown;
}

/** Sends a request and collects everything that its handler is told. */
export function collect(transport: Transport, request: Partial<TransportRequest> = {}): Promise<Collected> {
  const { promise, resolve } = Promise.withResolvers<Collected>();
  const chunks: Uint8Array[] = [];
  const informational: number[] = [];
  let status = 0;
  let headers: readonly string[] = [];
  const end = (unverifiedLength: boolean, error: unknown): void =>
    resolve({
      status,
      headers,
      body: Buffer.concat(chunks).toString('latin1'),
      informational,
      unverifiedLength,
      error,
    });
  const handler: TransportHandler = {
    onConnecting: () => {},
    onSent: () => {},
    onInformational: (one) => informational.push(one),
    onHeaders: (finalStatus, finalHeaders) => {
      status = finalStatus;
      headers = finalHeaders instanceof HeaderList ? finalHeaders.raw : finalHeaders;
    },
    onData: (chunk) => chunks.push(chunk),
    onEnd: (unverifiedLength) => end(unverifiedLength, undefined),
    onError: (error) => end(false, error),
  };
  transport.dispatch(
    {
      origin: 'http://replay.test',
      method: 'GET',
      path: '/',
      headers: [],
      body: undefined,
      fresh: false,
      maxHeaderBytes: 65_536,
      ...request,
    },
    handler,
  );
  return promise;
}
