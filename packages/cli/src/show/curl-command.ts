import { shellQuote } from '../text/shell-quote.ts';

/** A request to repeat. */
export interface RepeatableRequest {
  readonly method: string;
  readonly url: string;
  /** Headers as the user wrote them: `env:NAME` stands for a variable of the environment. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The request as a `curl` command, quoted for a shell: redirects are followed, compression is asked for, head and body
 * are printed. Secrets are read from the environment when it is run; they do not stand in it. curl's own expansion of
 * `[1-3]` and `{a,b}` in URLs is off.
 */
export function curlCommand({ method, url, headers }: RepeatableRequest): string {
  const words = ['curl', '--include', '--location', '--compressed', '--globoff'];
  if (method === 'HEAD') words.push('--head');
  else if (method !== 'GET') words.push('--request', shellQuote(method));
  for (const [name, value] of Object.entries(headers)) words.push('--header', quoteHeader(`${name}: ${value}`));
  words.push('--url', shellQuote(url));
  return words.join(' ');
}

/** `env:NAME` becomes `"$NAME"`, all else is quoted literally. */
function quoteHeader(header: string): string {
  return header
    .split(/((?:^|(?<=\s))env:[A-Za-z_][A-Za-z0-9_]*)/)
    .filter((part) => part !== '')
    .map((part) => (/^env:[A-Za-z_]/.test(part) ? `"$${part.slice(4)}"` : shellQuote(part)))
    .join('');
}
