import { isIP } from 'node:net';

/** The `servername` option of TLS: a name, never an address (RFC 6066 section 3). */
export function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
