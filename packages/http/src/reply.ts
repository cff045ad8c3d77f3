import { classifyStatus } from './classify-status.ts';
import { detectCharset } from './detect-charset.ts';
import { HttpError, HttpStatusError } from './errors.ts';
import type { Evidence, EvidenceRecord } from './evidence.ts';
import type { HeaderList } from './header-list.ts';

/** What a {@link Reply} is made of. */
export interface ReplyParts {
  readonly status: number;
  readonly headers: HeaderList;
  readonly url: string;
  readonly redirects: readonly string[];
  readonly body: Uint8Array;
  readonly evidence: EvidenceRecord;
}

/**
 * A whole answer: the body is complete, checked against its framing, and decoded. Any status is a reply; `requireOk()` makes an error of
 * the bad ones.
 *
 * @example
 * const reply = await session.get('https://api.example/items/7');
 * const item = reply.requireOk().json<{ name: string }>();
 */
export class Reply {
  readonly status: number;
  readonly headers: HeaderList;
  /** The URL that answered, after redirects; without user, password and fragment. */
  readonly url: string;
  /** The URLs that redirected here, in order. */
  readonly redirects: readonly string[];
  /** The decoded body, or with `decode: false` the body as it came. */
  readonly body: Uint8Array;
  readonly #record: EvidenceRecord;
  #charset: string | undefined;

  constructor(parts: ReplyParts) {
    this.status = parts.status;
    this.headers = parts.headers;
    this.url = parts.url;
    this.redirects = parts.redirects;
    this.body = parts.body;
    this.#record = parts.evidence;
  }

  get evidence(): Evidence {
    return this.#record;
  }

  /** True for 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The body's charset as `TextDecoder` names it: from its byte order mark, the content type or the document itself; else `utf-8`. */
  get charset(): string {
    this.#charset ??= detectCharset(this.headers, this.body);
    return this.#charset;
  }

  /** The body as text in its {@link charset}, without byte order mark. Bytes that are not in the charset become U+FFFD. */
  text(): string {
    return new TextDecoder(this.charset).decode(this.body);
  }

  /**
   * The body as JSON. The type is the caller's word for it; nothing checks it.
   *
   * @throws HttpError `SLUICE_HTTP_BAD_JSON` (class `integrity`).
   */
  json<T = unknown>(): T {
    try {
      return JSON.parse(this.text()) as T;
    } catch (cause) {
      throw new HttpError('SLUICE_HTTP_BAD_JSON', `the body of the ${this.status} reply is not JSON`, {
        cause,
        evidence: this.#record,
      });
    }
  }

  /**
   * This reply, when it is 2xx.
   *
   * @throws HttpStatusError for any other status, with its class and this reply.
   */
  requireOk(): this {
    const statusClass = classifyStatus(this.status, this.headers);
    if (statusClass !== 'ok') throw new HttpStatusError(this, statusClass);
    return this;
  }
}
