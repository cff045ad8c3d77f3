import { type Expectation, echoes, failed, ok, unsent } from './expectation.ts';

const untrusted = (says: RegExp): Expectation => unsent('tls', 'SLUICE_HTTP_TLS', 'tls', { says });
const noTunnel = (says: RegExp): Expectation => unsent('connect', 'SLUICE_HTTP_CONNECT', 'connect', { says });

/** Of `networkCases`. */
export const network: Readonly<Record<string, Expectation>> = {
  'name-unknown': unsent('dns', 'SLUICE_HTTP_DNS_NOT_FOUND', 'dns', { says: /ENOTFOUND/ }),
  'name-again': unsent('dns', 'SLUICE_HTTP_DNS_FAILED', 'dns', { says: /EAI_AGAIN/ }),
  'name-only-ipv6': unsent('connect', 'SLUICE_HTTP_CONNECT', 'connect', { says: /ECONNREFUSED/ }),
  'name-zero': unsent('policy', 'SLUICE_HTTP_ADDRESS_REFUSED', 'connect', { says: /0\.0\.0\.0/ }),
  'name-silent': unsent('dns', 'SLUICE_HTTP_DNS_TIMEOUT', 'dns', { says: /within 200 ms/ }),
  'ipv6-black-hole': ok({ check: echoes('/get') }),
  'self-signed': untrusted(/DEPTH_ZERO_SELF_SIGNED_CERT/),
  expired: untrusted(/CERT_HAS_EXPIRED/),
  'wrong-name': untrusted(/ERR_TLS_CERT_ALTNAME_INVALID/),
  'old-tls': untrusted(/PROTOCOL_VERSION/),
  'handshake-hang': unsent('connect', 'SLUICE_HTTP_CONNECT_TIMEOUT', 'tls', { says: /within 300 ms/ }),
  'tls-on-http-port': unsent('protocol', 'SLUICE_HTTP_NOT_TLS', 'tls', { says: /use http:/ }),
  'own-authority': ok({ check: echoes('/get') }),
  'http2-goaway': ok({ requests: 2, body: 'whole\n' }),
  'http2-refused-stream': ok({ requests: 2, body: 'whole\n' }),
  // The connection itself did nothing wrong; the lab resets every stream of it.
  'http2-reset-body': failed('integrity', 'SLUICE_HTTP_TRUNCATED', 'body', { open: 1, isSpent: true }),
  'proxy-forbidden': unsent('client', 'SLUICE_HTTP_PROXY_REFUSED', 'connect', { says: /403/ }),
  'proxy-bad-gateway': noTunnel(/502/),
  'proxy-gateway-timeout': noTunnel(/504/),
  'proxy-tunnel': ok({ check: echoes('/get') }),
};
