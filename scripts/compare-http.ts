/** `npm run compare:http`: asks everything that the lab does with other clients, and writes the tables of docs/guide/http.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { behaviour, guideSections, whatSluiceDoes } from '../packages/http/test/hostile/guide-rows.ts';
import { runPeer } from './compare-http/run-peer.ts';
import type { Kind, Verdict } from './compare-http/verdict.ts';

const PAGE = 'docs/guide/http.md';
const BEGIN = '<!-- made by `npm run compare:http` -->';
const END = '<!-- end -->';
const versionOf = (name: string): string => {
  const manifest = readFileSync(`node_modules/${name}/package.json`, 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
};
const PEERS = {
  fetch: `fetch of Node ${process.versions.node}`,
  undici: `undici ${versionOf('undici')} \`request\``,
  got: `got ${versionOf('got')}`,
  axios: `axios ${versionOf('axios')}`,
};
const KINDS: Readonly<Record<Kind, string>> = {
  right: 'right',
  'wrong-ok': 'wrong, and content',
  refuses: 'refuses what is good',
  hangs: 'hangs',
  crashes: 'ends the process',
  unasked: 'not asked',
};

type Verdicts = ReadonlyMap<string, Verdict>;

const runs = await Promise.all(Object.keys(PEERS).map(runPeer));
const tables = guideSections().flatMap(({ title, cases }) => [
  `### ${title}`,
  '',
  `| behaviour | the server, name or network | ${Object.values(PEERS).join(' | ')} | Sluice |`,
  `| ${'- | '.repeat(3 + runs.length)}`.trimEnd(),
  ...cases.map((hostile) => {
    const cells = runs.map((run) => cell(run.get(hostile.name)!));
    return `${behaviour(hostile)} ${cells.join(' | ')} | ${whatSluiceDoes(hostile)} |`;
  }),
  '',
]);
const page = readFileSync(PAGE, 'utf8');
const from = page.indexOf(BEGIN) + BEGIN.length;
const to = page.indexOf(END);
if (to < from) throw new Error(`${PAGE} has no place between ${BEGIN} and ${END}`);
writeFileSync(PAGE, `${page.slice(0, from)}\n\n${[...counts(runs), '', ...tables].join('\n')}\n${page.slice(to)}`);

function cell({ kind, text }: Verdict): string {
  return kind === 'right' || kind === 'unasked'
    ? text
    : `**${kind === 'wrong-ok' ? 'ok' : kind}**: ${text}`.replace('**hangs**: hangs', '**hangs**');
}

/** How many of each kind. */
function counts(verdicts: readonly Verdicts[]): string[] {
  const kinds = Object.keys(KINDS) as Kind[];
  const names = Object.values(PEERS);
  return [
    `| | ${kinds.map((kind) => KINDS[kind]).join(' | ')} |`,
    `| ${'- | '.repeat(1 + kinds.length)}`.trimEnd(),
    ...verdicts.map((run, index) => {
      const all = [...run.values()];
      return `| ${names[index]} | ${kinds.map((kind) => all.filter((each) => each.kind === kind).length).join(' | ')} |`;
    }),
    `| Sluice | ${verdicts[0]!.size} |${' 0 |'.repeat(kinds.length - 1)}`,
  ];
}
