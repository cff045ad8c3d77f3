import { createRequire } from 'node:module';
import type { CookieJar } from 'tough-cookie';
import type { HeaderList } from '../header-list.ts';

/** The cookies of a session, kept by a jar of `tough-cookie` (RFC 6265): which go where is the jar's word. */
export class SessionCookies {
  readonly #jar: CookieJar;

  constructor(jar: CookieJar | true) {
    this.#jar = jar === true ? makeJar() : jar;
  }

  /** The value of `Cookie` for a request: `own`, which the caller gave, then the jar's; undefined for none. */
  headerFor(url: string, own: string | undefined): string | undefined {
    const kept = this.#jar.getCookieStringSync(url);
    if (kept === '') return own;
    return own === undefined ? kept : `${own}; ${kept}`;
  }

  /** Keeps what an answer sets. What a server may not set, for another domain say, is passed over. */
  store(url: string, headers: HeaderList): void {
    for (const cookie of headers.getAll('set-cookie')) this.#jar.setCookieSync(cookie, url, { ignoreError: true });
  }
}

/** Loaded when it is wanted: with its list of public suffixes it takes 15 ms, which programs without cookies need not wait for. */
function makeJar(): CookieJar {
  const { CookieJar: Jar } = createRequire(import.meta.url)('tough-cookie') as typeof import('tough-cookie');
  return new Jar();
}
