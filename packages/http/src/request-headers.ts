import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';

/** A token (RFC 9110 5.6.2): what a header name, and a method, may be. */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Tab, visible characters and obs-text (RFC 9110 5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that say how the message is framed and the connection is used: wrong ones break the exchange, or smuggle another. */
const MANAGED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

/** The headers of a request, one entry a name. Copies share their fields until one of them is changed. */
export class RequestHeaders {
  #fields: Map<string, readonly string[]> = new Map();
  #isShared = false;
  #pairs: readonly string[] | undefined;

  /** The same headers; what is changed in one is not changed in the other. */
  copy(): RequestHeaders {
    const copy = new RequestHeaders();
    copy.#pairs = this.toPairs();
    copy.#fields = this.#fields;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** The lines of a field, joined; undefined when it is not there. */
  get(name: string): string | undefined {
    return this.#fields.get(name)?.join('; ');
  }

  /** Sets a field, which must be in lower case and is not checked. */
  set(name: string, value: string): void {
    this.#change().set(name, [value]);
  }

  delete(name: string): void {
    if (this.#fields.has(name)) this.#change().delete(name);
  }

  /**
   * Sets what the caller gave; a name that was set before is replaced.
   *
   * @throws HttpError of class `input` for a header that cannot be sent.
   */
  merge(values: HeaderValues, evidence: EvidenceRecord): void {
    for (const [name, value] of Object.entries(values)) {
      const key = name.toLowerCase();
      if (!TOKEN.test(name)) {
        throw new HttpError('SLUICE_HTTP_BAD_HEADER', `${JSON.stringify(name)} is no header name`, { evidence });
      }
      if (MANAGED.has(key)) {
        throw new HttpError('SLUICE_HTTP_BAD_HEADER', `the header '${key}' is managed by the session; leave it out`, {
          evidence,
        });
      }
      const lines = typeof value === 'string' ? [value] : value;
      for (const line of lines) {
        if (typeof line !== 'string' || !FIELD_VALUE.test(line)) {
          throw new HttpError(
            'SLUICE_HTTP_BAD_HEADER',
            `the value of the header '${key}' cannot be sent: only latin1 text without line breaks can; percent-encode the rest`,
            { evidence },
          );
        }
      }
      this.#change().set(key, lines);
    }
  }

  /** Name, value, name, value … */
  toPairs(): readonly string[] {
    this.#pairs ??= [...this.#fields].flatMap(([name, values]) => values.flatMap((value) => [name, value]));
    return this.#pairs;
  }

  #change(): Map<string, readonly string[]> {
    if (this.#isShared) this.#fields = new Map(this.#fields);
    this.#isShared = false;
    this.#pairs = undefined;
    return this.#fields;
  }
}

/** Whether a 304 is an answer to these headers (RFC 9110 13.1.2, 13.1.3). */
export function isConditional(headers: RequestHeaders): boolean {
  return headers.has('if-none-match') || headers.has('if-modified-since');
}

/** The value of an `Authorization` header for a user and password (RFC 7617), in UTF-8. */
export function basicAuthorization(auth: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}`;
}
