import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkSchema, SchemaFailure } from './check-schema.ts';
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
  /** It answers `If-None-Match` or `If-Modified-Since`: a 304 is then what was asked for. Default false. */
  readonly isConditional?: boolean;
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
  /** A 304 that was asked for, by `ifNoneMatch` or `ifModifiedSince`: what the caller has is still right. */
  readonly isNotModified: boolean;
  readonly #record: EvidenceRecord;
  #charset: string | undefined;

  constructor(parts: ReplyParts) {
    this.status = parts.status;
    this.headers = parts.headers;
    this.url = parts.url;
    this.redirects = parts.redirects;
    this.body = parts.body;
    this.isNotModified = parts.status === 304 && parts.isConditional === true;
    this.#record = parts.evidence;
  }

  get evidence(): Evidence {
    return this.#record;
  }

  /** True for 2xx, and for a 304 that was asked for. */
  get ok(): boolean {
    return (this.status >= 200 && this.status < 300) || this.isNotModified;
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
   * The body as JSON, every byte of which has to be in its {@link charset}. Without a schema the type is the caller's word for it; nothing
   * checks it. With one (any Standard Schema: zod, valibot, arktype …) it is checked, and what the schema makes of it is returned.
   *
   * @throws HttpError `SLUICE_HTTP_BAD_JSON`, or `SLUICE_HTTP_SCHEMA` with the issues in its message and its cause (both of class
   * `integrity`); UsageError for a schema that checks asynchronously.
   * @example
   * const person = reply.json({ schema: z.object({ name: z.string() }) });
   */
  json<T = unknown>(): T;
  json<S extends StandardSchemaV1>(options: { readonly schema: S }): StandardSchemaV1.InferOutput<S>;
  json(options?: { readonly schema: StandardSchemaV1 }): unknown {
    const value = this.#parseJson();
    if (options === undefined) return value;
    try {
      return checkSchema(options.schema, value);
    } catch (cause) {
      if (!(cause instanceof SchemaFailure)) throw cause;
      const what = `the body of the ${this.status} reply is not what its schema says (${cause.message})`;
      throw new HttpError('SLUICE_HTTP_SCHEMA', what, { cause, evidence: this.#record });
    }
  }

  #parseJson(): unknown {
    try {
      // RFC 8259 8.1: what is not in its charset cannot be told from what was sent.
      return JSON.parse(new TextDecoder(this.charset, { fatal: true }).decode(this.body));
    } catch (cause) {
      throw new HttpError('SLUICE_HTTP_BAD_JSON', `the body of the ${this.status} reply is not JSON`, {
        cause,
        evidence: this.#record,
      });
    }
  }

  /**
   * This reply, when it is {@link ok}.
   *
   * @throws HttpStatusError for any other status, with its class and this reply.
   */
  requireOk(): this {
    if (this.isNotModified) return this;
    const statusClass = classifyStatus(this.status, this.headers);
    if (statusClass !== 'ok') throw new HttpStatusError(this, statusClass);
    return this;
  }
}
