import { type HostileCase, onLab, onWire } from './hostile-case.ts';

function charset(
  number: string,
  kind: string,
  does: string,
  good: string = 'keeps the bytes, finds the charset, gives the right text',
): HostileCase {
  return { number, name: `charset-${kind}`, does, good, expected: ['ok'], url: onLab(`/charset/${kind}`) };
}

function truncated(number: string, coding: string): HostileCase {
  return {
    number,
    name: `truncated-${coding}`,
    does: `sends half of a ${coding} body, with the length of the half`,
    good: 'finds that the stream has no end, and throws the half away',
    expected: ['integrity'],
    url: onLab(`/coding-truncated/${coding}`),
  };
}

/** Servers whose body is not what it seems. */
export const bodyCases: readonly HostileCase[] = [
  {
    number: '43',
    name: 'endless-body',
    does: 'sends a body without end, as fast as it is read',
    good: 'stops at its bound, 64 MiB',
    expected: ['limit'],
    url: onLab('/endless'),
  },
  {
    number: '44',
    name: 'gzip-bomb',
    does: 'sends 64 KiB of gzip that decode to 64 MiB',
    good: 'stops decoding at a ratio of 200:1 beyond 1 MiB',
    expected: ['limit'],
    url: onLab('/gzip-bomb?mib=64'),
  },
  {
    number: '45',
    name: 'gzip-bomb-double',
    does: 'sends a gzip bomb within gzip: some hundred bytes',
    good: 'holds the ratio over both codings together',
    expected: ['limit'],
    url: onLab('/gzip-bomb?mib=64&times=2'),
  },
  {
    number: '46',
    name: 'coding-seven',
    does: 'names seven content codings',
    good: 'undoes two at most',
    expected: ['limit'],
    url: onWire('coding-seven'),
  },
  {
    number: '47',
    name: 'gzip-lie',
    does: 'says gzip, sends plain text, whatever it is asked for',
    good: 'asks once more for `identity`, then gives up',
    expected: ['integrity'],
    url: onLab('/gzip-lie'),
  },
  {
    number: '47b',
    name: 'gzip-lie-heals',
    does: 'the same, but honest when it is asked for `identity`',
    good: 'asks once more for `identity`, and has the text',
    expected: ['ok'],
    url: onLab('/gzip-lie?heals'),
  },
  truncated('48', 'gzip'),
  truncated('48b', 'deflate'),
  truncated('48c', 'br'),
  truncated('48d', 'zstd'),
  {
    number: '48e',
    name: 'gzip-corrupt',
    does: 'sends a gzip body whose checksum is wrong',
    good: 'checks it, and throws the body away',
    expected: ['integrity'],
    url: onLab('/gzip-corrupt'),
  },
  {
    number: '52',
    name: 'coding-unknown',
    does: 'sends a content coding that nobody knows or asked for',
    good: 'does not pass the raw bytes off as the content',
    expected: ['integrity'],
    url: onWire('coding-unknown'),
  },
  {
    number: '64',
    name: 'login-page',
    does: 'answers 200 with a login page in place of the content',
    good: 'cannot know; takes a rule (`--reject`) that tells',
    expected: ['ok'],
    url: onLab('/login-page'),
  },
  {
    number: '64b',
    name: 'limited-json',
    does: 'answers 200 with JSON that says “rate limited”',
    good: 'cannot know; takes a rule (`--reject`) that tells',
    expected: ['ok'],
    url: onLab('/limited-json'),
  },
  {
    number: '65',
    name: 'json-cut',
    does: 'sends half of a JSON document, with the length of the half',
    good: 'parses it, and throws it away',
    expected: ['integrity'],
    needs: 'json',
    url: onLab('/json-cut'),
  },
  charset('66', 'wrong', 'says UTF-8, sends Latin-1', 'keeps the bytes, and shows in the text where they are no UTF-8'),
  charset('66b', 'none', 'names no charset, sends UTF-8 with a meta element'),
  charset('66c', 'bom', 'says Latin-1, sends UTF-8 with a byte order mark'),
  charset('66d', 'utf-16', 'sends UTF-16 with a byte order mark'),
];
