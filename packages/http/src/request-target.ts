import { HttpError } from './errors.ts';
import { EvidenceRecord } from './evidence.ts';
import type { RequestOptions } from './options.ts';

/** Where a request goes. */
export interface RequestTarget {
  /** `http://host:port`, port only when it is not the scheme's own. */
  readonly origin: string;
  /** Path and query as they are sent (origin-form, RFC 9112 3.2.1). */
  readonly path: string;
  /** Origin and path: the URL without user, password and fragment, which are never sent. */
  readonly url: string;
  /** User and password of the URL, decoded. */
  readonly userinfo?: { readonly user: string; readonly password: string };
}

/**
 * Reads a URL.
 *
 * @throws HttpError of class `input` when it cannot be used, `policy` when its scheme is neither http nor https.
 */
export function requestTarget(
  method: string,
  input: string | URL,
  baseUrl: string | URL | undefined,
  query?: RequestOptions['query'],
): RequestTarget {
  let url: URL;
  try {
    url = new URL(input, baseUrl);
  } catch (cause) {
    const hint = baseUrl === undefined && String(input).startsWith('/') ? '; a relative URL needs a baseUrl' : '';
    throw new HttpError('SLUICE_HTTP_BAD_URL', `this is no URL${hint}`, {
      cause,
      evidence: unsentRecord(method, input),
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new HttpError(
      'SLUICE_HTTP_UNSUPPORTED_SCHEME',
      `${url.protocol} URLs are refused, only http and https are fetched`,
      {
        evidence: unsentRecord(method, input),
      },
    );
  }
  if (url.port === '0') {
    throw new HttpError('SLUICE_HTTP_BAD_URL', 'nobody can listen on port 0', {
      evidence: unsentRecord(method, input),
    });
  }
  if (query !== undefined) addQuery(url, query);
  const path = url.pathname + url.search;
  const target: RequestTarget = { origin: url.origin, path, url: url.origin + path };
  if (url.username === '' && url.password === '') return target;
  return { ...target, userinfo: { user: percentDecode(url.username), password: percentDecode(url.password) } };
}

function addQuery(url: URL, query: NonNullable<RequestOptions['query']>): void {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one));
  }
}

/** Broken escapes are left as they are: a password may hold a percent sign. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The evidence of a request that was refused for its URL, which must not show a password all the same. */
function unsentRecord(method: string, input: string | URL): EvidenceRecord {
  return new EvidenceRecord(
    method,
    String(input)
      .slice(0, 2000)
      .replace(/\/\/[^/?#]*@/, '//'),
  );
}
