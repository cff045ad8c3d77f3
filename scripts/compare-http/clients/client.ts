/** What a client made of a request when it was content with the answer. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  /** Bytes when they were asked for, else the text that the client gave. */
  readonly body: string | Buffer;
}

/** How a request is made besides its URL. */
export interface Ask {
  readonly headers: Readonly<Record<string, string>>;
  /** What the body is read as. */
  readonly as: 'text' | 'json' | 'bytes';
  /** HTTP/2, where the client has to be told. */
  readonly http2: boolean;
}

/** A client as it comes: nothing is set that a behaviour does not need. */
export interface Client {
  /** Follows redirects. @throws the client's own error. */
  get(url: string, ask: Ask): Promise<Heard>;
  /** Looks at the status and leaves the body unread. */
  leaveUnread(url: string): Promise<void>;
}

/** The headers that node:http gives. */
export function headersOf(record: object): Headers {
  return new Headers(Object.entries(record).map(([name, value]): [string, string] => [name, String(value)]));
}
