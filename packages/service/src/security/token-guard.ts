import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The name of the cookie that the page signs in with. */
export const COOKIE = 'sluice-session';
const COOKIE_LIFE_MS = 12 * 3_600_000;

/** Knows the token of the service, and issues the cookie that stands for it on the page. */
export class TokenGuard {
  readonly #digest: Buffer;
  /** Cookies do not outlive the process, and do not hold the token. */
  readonly #key = randomBytes(32);

  constructor(token: string) {
    this.#digest = sha256(token);
  }

  /** Whether it is the token; takes the same time wherever they differ. */
  isToken(candidate: string): boolean {
    return timingSafeEqual(sha256(candidate), this.#digest);
  }

  /** Whether a request carries the token, as `Authorization: Bearer …` or in the cookie. */
  admits(authorization: string | undefined, cookies: string | undefined): boolean {
    const bearer = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const cookie = cookieOf(cookies);
    return cookie !== undefined && this.#isCookie(cookie);
  }

  /** The `Set-Cookie` of a browser that gave the token. */
  issueCookie(): string {
    const until = String(Date.now() + COOKIE_LIFE_MS);
    return `${COOKIE}=${until}.${this.#sign(until)}; ${ATTRIBUTES}; Max-Age=${COOKIE_LIFE_MS / 1000}`;
  }

  /** The `Set-Cookie` that takes it back. */
  revokeCookie(): string {
    return `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;
  }

  #isCookie(cookie: string): boolean {
    const [until = '', signature = ''] = cookie.split('.', 2);
    if (!/^\d{1,15}$/.test(until) || Number(until) < Date.now()) return false;
    return timingSafeEqual(sha256(signature), sha256(this.#sign(until)));
  }

  #sign(until: string): string {
    return createHmac('sha256', this.#key).update(until).digest('base64url');
  }
}

const ATTRIBUTES = 'HttpOnly; SameSite=Strict; Path=/';

function cookieOf(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}

/** Digests have one length, whatever the texts have. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
