import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import type { RequestOptions } from './options.ts';

/** An entity tag (RFC 9110 8.8.3). */
const ETAG = /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * The headers of a conditional request (RFC 9110 13.1).
 *
 * @throws HttpError of class `input` for what is no ETag or no date.
 */
export function conditionHeaders(
  { ifNoneMatch, ifModifiedSince }: RequestOptions,
  evidence: EvidenceRecord,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (ifNoneMatch !== undefined) {
    const tags = typeof ifNoneMatch === 'string' ? [ifNoneMatch] : ifNoneMatch;
    const wrong = tags.find((tag) => !ETAG.test(tag) && tag !== '*');
    if (wrong !== undefined || tags.length === 0) {
      throw new HttpError('SLUICE_HTTP_BAD_HEADER', `${wrong} is no ETag: give it as it came, quotes included`, {
        evidence,
      });
    }
    headers['if-none-match'] = tags.join(', ');
  }
  if (ifModifiedSince !== undefined) {
    const date = typeof ifModifiedSince === 'string' ? new Date(ifModifiedSince) : ifModifiedSince;
    if (Number.isNaN(date.getTime())) {
      throw new HttpError('SLUICE_HTTP_BAD_HEADER', 'ifModifiedSince is no date', { evidence });
    }
    // A date as it came is compared byte by byte by some servers.
    headers['if-modified-since'] = typeof ifModifiedSince === 'string' ? ifModifiedSince : date.toUTCString();
  }
  return headers;
}
