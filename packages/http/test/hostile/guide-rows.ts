import { type HostileCase, hostileCases } from '@sluice/lab';
import { body } from './expectations/body.ts';
import { connection } from './expectations/connection.ts';
import type { Expectation } from './expectations/expectation.ts';
import { network } from './expectations/network.ts';
import { protocol } from './expectations/protocol.ts';
import { EXPECTATIONS } from './expectations.ts';

const TITLES = {
  connection: 'Silence, slowness, connections that end',
  protocol: 'Answers that are no HTTP, or not quite',
  body: 'Bodies that are not what they seem',
  refusals: 'Redirects and refusals',
  network: 'Names, TLS, HTTP/2, proxies',
} as const;

/** A table of the guide. */
export interface GuideSection {
  readonly title: string;
  readonly cases: readonly HostileCase[];
}

/** Every behaviour of the lab, in the order of the guide. */
export function guideSections(): readonly GuideSection[] {
  const kinds = Object.keys(TITLES) as (keyof typeof TITLES)[];
  return kinds.map((kind) => ({
    title: TITLES[kind],
    cases: hostileCases.filter(({ name }) => kindOf(name) === kind),
  }));
}

function kindOf(name: string): keyof typeof TITLES {
  if (name in connection || name === 'few-descriptors') return 'connection';
  if (name in protocol) return 'protocol';
  if (name in body) return 'body';
  return name in network ? 'network' : 'refusals';
}

/** What the guide says of ours: the class, what it is called, and what becomes of the connection. */
export function whatSluiceDoes({ name }: HostileCase): string {
  const { class: meaning, code, requests, open } = EXPECTATIONS[name]!;
  const what = /^\d/.test(code) ? code : `\`${code.replace('SLUICE_HTTP_', '')}\``;
  const end = requests === 0 ? 'nothing sent' : open === 0 ? 'closed' : 'kept';
  return `**${meaning}** ${what}, ${end}${repeats(EXPECTATIONS[name]!, name)}`;
}

function repeats({ class: meaning, requests }: Expectation, name: string): string {
  return requests > 1 && (meaning === 'ok' || meaning === 'integrity') && !name.startsWith('redirect-')
    ? ', after asking once more'
    : '';
}

/** The first two columns of a row. */
export function behaviour({ name, does }: HostileCase): string {
  return `| \`${name}\` | ${does} |`;
}
