/** The API reference of @sluice/core, made from the declarations that the package ships and their comments. */
import { readFileSync } from 'node:fs';

const CORE = 'packages/core';

/** What a page of the reference tells of one public name. */
interface Entry {
  readonly name: string;
  readonly folder: string;
  readonly comment: string;
  readonly declaration: string;
}

const SECTIONS: Readonly<Record<string, string>> = {
  task: 'Running',
  scope: 'Scopes, cancellation, waiting',
  time: 'Time',
  many: 'Many at once',
  sync: 'Between tasks',
  policy: 'Policies',
  context: 'Context',
  sight: 'Sight',
  errors: 'Errors',
  testing: '`@sluice/core/testing`',
  node: '`@sluice/core/node`',
};

/** The whole page. The declarations have to be built (`tsc -b packages/core`). */
export function referencePage(): string {
  const entries = ['index.ts', 'testing/index.ts', 'node/index.ts']
    .flatMap(publicNames)
    .map(entryOf)
    .sort((a, b) => Number(isTypeOnly(a)) - Number(isTypeOnly(b)));
  const lines = [
    '# Reference of @sluice/core',
    '',
    "Made by `npm run docs` from the comments in `packages/core/src`: change those. Durations are milliseconds or text (`'30s'`); options come last.",
    '',
  ];
  const anchors = anchorsOf(entries);
  const linkTo = (name: string): string => {
    const entry = entries.find((each) => each.name === name);
    return entry === undefined ? `\`${name}\`` : `[\`${name}\`](#${anchors.get(entry)})`;
  };
  const parts = Object.keys(SECTIONS).map((folder) => entries.filter((entry) => entry.folder === folder));
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  if (count !== entries.length) throw new Error('a folder of the sources has no section in scripts/reference.ts');
  for (const part of parts) {
    const names = part.map((entry) => `[\`${entry.name}\`](#${anchors.get(entry)})`);
    lines.push(`- ${SECTIONS[part[0]!.folder]}: ${names.join(' · ')}`);
  }
  for (const part of parts) {
    lines.push('', `## ${SECTIONS[part[0]!.folder]}`);
    for (const entry of part) lines.push('', `### ${entry.name}`, '', ...described(entry, linkTo));
  }
  return `${lines.join('\n')}\n`;
}

/** Each name that an entry of the package exports, with the file that declares it. */
function publicNames(entry: string): { name: string; file: string }[] {
  const text = readFileSync(`${CORE}/src/${entry}`, 'utf8');
  const base = `file:///${entry}`;
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(([, names, path]) =>
    names!
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, file: new URL(path!, base).pathname.slice(1) })),
  );
}

function entryOf({ name, file }: { name: string; file: string }): Entry {
  const text = readFileSync(`${CORE}/dist/${file.replace(/\.ts$/, '.d.ts')}`, 'utf8');
  const start = `^(?:/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?export (?:declare )?(?:abstract )?(?:function|class|interface|type|const) ${name}\\b`;
  const found = new RegExp(
    `(?:${start}[\\s\\S]*?(?=^(?:/\\*\\*|export |declare |import |class |//#)|(?![\\s\\S])))+`,
    'gm',
  ).exec(text);
  if (found === null) throw new Error(`${file} declares no ${name}`);
  const [, comment = '', declaration] = /^(?:\/\*\*([\s\S]*?)\*\/\n)?([\s\S]*)$/.exec(found[0])!;
  if (comment.trim() === '')
    throw new Error(`${name} in ${CORE}/src/${file} has no comment: what does it do for the caller?`);
  const folder = file.includes('/') ? file.slice(0, file.indexOf('/')) : 'time';
  return { name, folder, comment: comment.replaceAll(/^ *\* ?/gm, '').trim(), declaration: declaration! };
}

function isTypeOnly({ declaration }: Entry): boolean {
  return /^export (?:declare )?(?:interface|type)/.test(declaration);
}

/** Where the headings of a page are reached: `Task` and `task` are one heading to a browser, so the second is told apart. */
function anchorsOf(entries: readonly Entry[]): Map<Entry, string> {
  const seen = new Map<string, number>();
  const ordered = Object.keys(SECTIONS).flatMap((folder) => entries.filter((entry) => entry.folder === folder));
  return new Map(
    ordered.map((entry) => {
      const name = entry.name.toLowerCase();
      const before = seen.get(name) ?? Object.values(SECTIONS).filter((title) => title.toLowerCase() === name).length;
      seen.set(name, before + 1);
      return [entry, before === 0 ? name : `${name}-${before}`];
    }),
  );
}

function described({ comment, declaration }: Entry, linkTo: (name: string) => string): string[] {
  const [before, example] = comment.split('@example\n');
  const prose = before!
    .replaceAll(/\{@link (\w+)\}/g, (_, name: string) => linkTo(name))
    .replaceAll(/^@throws (.*)/gm, '**Throws** $1')
    .replaceAll(/^@param (\w+)/gm, '`$1`:')
    .trim();
  const signature = declaration
    .trim()
    .replaceAll(/^export (?:declare )?/gm, '')
    .replaceAll(/^ *#private;\n/gm, '')
    .replaceAll(/\{@link (\w+)\}/g, '$1')
    .replaceAll(/^(?: {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
  const code = ['```ts', signature, '```'];
  return [prose, '', ...code, ...(example === undefined ? [] : ['', 'Example:', '', '```ts', example.trim(), '```'])];
}
