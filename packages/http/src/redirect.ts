import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import type { RequestHeaders } from './request-headers.ts';
import { type RequestTarget, requestTarget } from './request-target.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether a status is a redirect that a `Location` can be followed from (RFC 9110 15.4). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** The method of the next request: 303 asks for the result by GET, 301 and 302 turn POST into GET (RFC 9110 15.4.2 to 15.4.4). */
export function redirectedMethod(status: number, method: string): string {
  if (status === 303 && method !== 'HEAD') return 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}

/**
 * Where a `Location` leads from `from`.
 *
 * @throws HttpError of class `client` when it is no URL, `policy` when it is neither http nor https.
 */
export function redirectTarget(location: string, from: RequestTarget, evidence: EvidenceRecord): RequestTarget {
  // A Location in UTF-8 came byte by byte as latin1; its bytes are kept, not taken for characters.
  const bytes = location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  let url: URL;
  try {
    url = new URL(bytes, from.url);
  } catch (cause) {
    throw new HttpError('SLUICE_HTTP_BAD_LOCATION', `redirected to ${shown(location)}, which is no URL`, {
      cause,
      evidence,
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new HttpError('SLUICE_HTTP_UNSUPPORTED_SCHEME', `redirected to a ${url.protocol} URL, which is refused`, {
      evidence,
    });
  }
  if (url.port === '0') {
    throw new HttpError('SLUICE_HTTP_BAD_LOCATION', 'redirected to port 0', { evidence });
  }
  return requestTarget(evidence.method, url, undefined);
}

/** Whether a redirect leads to the same place: the same origin, or the same host from http to https on their own ports. */
export function staysWithin(from: RequestTarget, to: RequestTarget): boolean {
  return from.origin === to.origin || from.origin.replace(/^http:/, 'https:') === to.origin;
}

/** Drops what a redirect to `to` must not carry: secrets when it leaves the origin, the body's description when there is no body any more. */
export function dropForRedirect(
  headers: RequestHeaders,
  from: RequestTarget,
  to: RequestTarget,
  dropsBody: boolean,
): void {
  if (from.origin !== to.origin) {
    for (const name of ['authorization', 'cookie', 'proxy-authorization', 'host']) headers.delete(name);
  }
  if (dropsBody) {
    for (const name of ['content-type', 'content-encoding', 'content-language', 'content-location'])
      headers.delete(name);
  }
}

/** A server's text, fit for a terminal and a log. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200)).replace(/[\x7f-\xff]/g, '?');
}
