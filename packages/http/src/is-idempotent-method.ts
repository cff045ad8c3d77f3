const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Whether sending a request with this method twice has the intended effect of sending it once (RFC 9110 9.2.2). Methods are case-sensitive. */
export function isIdempotentMethod(method: string): boolean {
  return IDEMPOTENT.has(method);
}
