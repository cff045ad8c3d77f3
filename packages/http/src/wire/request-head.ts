import type { TransportRequest } from '../transport/transport.ts';

/** Methods whose requests have content as a rule, and say so when they have none (RFC 9110 8.6). */
const EXPECTS_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'QUERY']);

/** Writes the heads of requests to one origin (RFC 9112 3). What is the same in all of them is put together once. */
export class RequestHeadWriter {
  readonly #host: string;
  #block: readonly string[] | undefined;
  #fields = '';

  /** `host` with its port, unless that is the scheme's own (RFC 9110 7.2). */
  constructor(host: string) {
    this.#host = host;
  }

  /** The whole head, latin1. */
  write({ method, path, headers, body }: TransportRequest): string {
    // A session's requests share one list for as long as nothing changes it.
    if (headers !== this.#block) {
      this.#fields = this.#write(headers);
      this.#block = headers;
    }
    const head = `${method} ${path}${this.#fields}`;
    if (body === undefined) return EXPECTS_CONTENT.has(method) ? `${head}content-length: 0\r\n\r\n` : `${head}\r\n`;
    // RFC 9112 6.1, 6.2: the length when it is known, else chunked; never both.
    if (body.length === undefined) return `${head}transfer-encoding: chunked\r\n\r\n`;
    return `${head}content-length: ${body.length}\r\n\r\n`;
  }

  #write(headers: readonly string[]): string {
    let host = this.#host;
    let fields = '';
    for (let i = 0; i < headers.length; i += 2) {
      // RFC 9112 3.2: exactly one Host.
      if (headers[i]!.toLowerCase() === 'host') host = headers[i + 1]!;
      else fields += `${headers[i]}: ${headers[i + 1]}\r\n`;
    }
    return ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${fields}`;
  }
}
