import type { RequestTarget } from './request-target.ts';

/** 1 for the bytes that stand in a path and query as they are, whatever the WHATWG URL parser does with others. */
const IS_PLAIN: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9\-._~!$&()*+,;=:@/?%|[\]]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const SLASH = 0x2f;

/**
 * Splits URLs of the origin that was asked last without a URL parser: most requests go where the one before went, and most paths need no
 * normalising. Everything else is left to the parser.
 */
export class TargetCache {
  #origin = 'no origin';

  /** Remembers the origin of a target that the parser read. */
  learn(target: RequestTarget): void {
    this.#origin = target.origin;
  }

  /** The target of an absolute URL in normal form; undefined when only the parser can tell. */
  read(url: string): RequestTarget | undefined {
    const origin = this.#origin;
    const at = origin.length;
    if (url.charCodeAt(at) !== SLASH || !url.startsWith(origin)) return undefined;
    let isQuery = false;
    for (let i = at; i < url.length; i++) {
      const code = url.charCodeAt(i);
      if (code > 127 || IS_PLAIN[code] === 0) return undefined;
      if (code === 0x3f) isQuery = true;
      // `/.`, `/..` and their encoded forms lead elsewhere.
      else if (code === SLASH && !isQuery) {
        const next = url.charCodeAt(i + 1);
        if (next === 0x2e || next === 0x25) return undefined;
      }
    }
    // An empty query is left out.
    if (url.endsWith('?')) return undefined;
    return { origin, path: url.slice(at), url };
  }
}
