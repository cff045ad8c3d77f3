import { type HostileAddresses, type HostileCase, type HostileClass, onLab, onWire } from './hostile-case.ts';

function throttled(number: string, kind: string, does: string, good: string): HostileCase {
  return { number, name: `throttled-${kind}`, does, good, expected: ['throttled'], url: onLab(`/throttled/${kind}`) };
}

function redirecting(to: (at: HostileAddresses) => string): (at: HostileAddresses) => string {
  return (at) => `${at.lab}/redirect-to?url=${encodeURIComponent(to(at))}`;
}

function status(number: string, code: number, does: string, good: string, expected: HostileClass): HostileCase {
  return { number, name: `status-${code}`, does, good, expected: [expected], url: onLab(`/status/${code}`) };
}

const HOUR = 'waits no longer than an hour';
const AS_WITHOUT = 'backs off as if it were not there';
const NO_LEAK = 'follows without Authorization and cookies';

/** Servers that refuse, or send the client elsewhere. */
export const statusCases: readonly HostileCase[] = [
  status('18', 999, 'answers with status 999, as some sites do to robots', 'keeps the status as a refusal', 'client'),
  {
    number: '53',
    name: 'redirect-to-itself',
    does: 'redirects to itself',
    good: 'sees that it has been there (method, URL)',
    expected: ['limit'],
    url: onLab('/redirect-loop'),
  },
  {
    number: '54',
    name: 'redirect-endless',
    does: 'redirects to another place for ever',
    good: 'follows ten times',
    expected: ['limit'],
    url: onLab('/redirect-endless'),
  },
  {
    number: '55',
    name: 'redirect-nowhere',
    does: 'answers 302 without a Location',
    good: 'keeps the status: there is nowhere to go',
    expected: ['client'],
    url: onWire('redirect-nowhere'),
  },
  {
    number: '57',
    name: 'redirect-to-file',
    does: 'redirects to file:///etc/passwd',
    good: 'leaves the web for nobody',
    expected: ['policy'],
    url: onWire('redirect-to-file'),
  },
  {
    number: '57b',
    name: 'redirect-to-data',
    does: 'redirects to a data: URL',
    good: 'takes no content from a header',
    expected: ['policy'],
    url: onWire('redirect-to-data'),
  },
  {
    number: '58',
    name: 'redirect-to-private',
    does: 'redirects to another service on a private address',
    good: 'checks the resolved address when it connects, on every hop, and refuses',
    expected: ['policy'],
    url: redirecting((at) => `${at.inner}/bytes/10?secret`),
  },
  {
    number: '58b',
    name: 'redirect-to-octal',
    does: 'redirects to http://0177.0.0.1, which is 127.0.0.1',
    good: 'judges the address, not how it is written',
    expected: ['policy'],
    url: redirecting((at) => `${at.inner.replace('127.0.0.1', '0177.0.0.1')}/bytes/10?secret`),
  },
  {
    number: '58c',
    name: 'redirect-to-integer',
    does: 'redirects to http://2130706433, which is 127.0.0.1',
    good: 'judges the address, not how it is written',
    expected: ['policy'],
    url: redirecting((at) => `${at.inner.replace('127.0.0.1', '2130706433')}/bytes/10?secret`),
  },
  {
    number: '58d',
    name: 'redirect-to-mapped',
    does: 'redirects to http://[::ffff:127.0.0.1], which is 127.0.0.1',
    good: 'judges the address, not how it is written',
    expected: ['policy'],
    url: redirecting((at) => `${at.inner.replace('127.0.0.1', '[::ffff:127.0.0.1]')}/bytes/10?secret`),
  },
  {
    number: '58e',
    name: 'redirect-to-metadata',
    does: "redirects to a cloud's metadata service, 169.254.169.254",
    good: 'refuses before a packet leaves',
    expected: ['policy'],
    url: redirecting(() => 'http://169.254.169.254/latest/meta-data/'),
  },
  {
    number: '59',
    name: 'redirect-downgrade',
    does: 'redirects from https to http a request with Authorization',
    good: NO_LEAK,
    expected: ['ok'],
    needs: 'authorization',
    url: (at) => `${at.tls}/redirect-to?url=${encodeURIComponent(`${at.lab}/headers`)}`,
  },
  {
    number: '59b',
    name: 'redirect-cross-origin',
    does: 'redirects to another origin a request with Authorization',
    good: NO_LEAK,
    expected: ['ok'],
    needs: 'authorization',
    url: (at) => `${at.tls}/redirect-to?url=${encodeURIComponent(`${at.http2}/headers`)}`,
  },
  throttled('63', 'seconds', 'answers 429 with Retry-After: 2', 'waits two seconds, for this host alone'),
  throttled('63b', 'date', 'answers 429 with Retry-After as a date', 'waits until then'),
  throttled('63c', 'garbage', 'answers 429 with Retry-After: soon', AS_WITHOUT),
  throttled('63d', 'huge', 'answers 429 with Retry-After: 99999999999', HOUR),
  throttled('63e', 'negative', 'answers 429 with Retry-After: -5', AS_WITHOUT),
  throttled('63f', 'unavailable', 'answers 503 with Retry-After: 2', 'takes it for a request to slow down'),
  {
    number: '67',
    name: 'unasked-407',
    does: 'answers 407 though there is no proxy',
    good: 'keeps the status',
    expected: ['client'],
    url: onWire('unasked-407'),
  },
  {
    number: '67b',
    name: 'bare-401',
    does: 'answers 401 without a challenge',
    good: 'keeps the status',
    expected: ['client'],
    url: onWire('bare-401'),
  },
  status('67c', 421, 'answers 421 Misdirected Request', 'tries again later, on a new connection', 'server'),
  status('A4', 502, 'answers 502 Bad Gateway, as a proxy whose server is away', 'tries again later', 'server'),
  status('A5', 504, 'answers 504 Gateway Timeout, as a proxy whose server is slow', 'tries again later', 'server'),
];
