const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether only this machine can reach an address that a server listens on. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

/** The host name in a `Host` header or an authority, without its port, in lower case; undefined when it is none. */
export function hostName(authority: string | undefined): string | undefined {
  if (authority === undefined || /[/@\\?#\s]/.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  return new URL(`http://${authority}`).hostname;
}

/**
 * Whether the service answers to that `Host`. A page whose name was made to point here (DNS rebinding) sends its own name, and is refused.
 */
export function isOwnName(authority: string | undefined, allowed: ReadonlySet<string>): boolean {
  const name = hostName(authority);
  return name !== undefined && (LOOPBACK.test(name) || allowed.has(name));
}

/** Whether a request that a browser sent was sent by a page of this service. Programs send none of these headers. */
export function isOwnPage(
  origin: string | undefined,
  fetchSite: string | undefined,
  host: string | undefined,
): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  if (origin === undefined) return true;
  return (
    URL.canParse(origin) && URL.canParse(`http://${host}`) && new URL(origin).host === new URL(`http://${host}`).host
  );
}
