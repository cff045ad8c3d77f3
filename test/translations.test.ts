import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

/** What a translation must share with its original. */
interface Page {
  /** `##` and so on, in order. */
  readonly headingLevels: readonly string[];
  readonly headings: readonly string[];
  /** Code blocks with their fences. */
  readonly codeBlocks: readonly string[];
  /** For each table its number of lines. */
  readonly tableSizes: readonly number[];
  /** Link targets, in order. */
  readonly links: readonly string[];
}

const PAGES = '{*,docs/**/*,packages/*/*,examples/**/*,benchmarks/**/*}.md';
const pages = globSync(PAGES).sort();
const translations = pages.filter((file) => file.endsWith('.zh-CN.md'));
const tutorials = ['examples/tutorial/README.md', 'examples/tutorial/README.zh-CN.md'];

test('the README and the tutorial have a translation', () => {
  for (const file of ['README.zh-CN.md', 'examples/tutorial/README.zh-CN.md'])
    assert.ok(translations.includes(file), file);
});

for (const file of translations) {
  const original = file.replace('.zh-CN.md', '.md');
  const [english, chinese] = [original, file].map((path) => (existsSync(path) ? readPage(path) : emptyPage()));

  test(`${file} has the headings of ${original}`, () => {
    assert.ok(english!.headings.length > 0, `${original} has headings`);
    assert.deepEqual(chinese!.headingLevels, english!.headingLevels);
  });

  test(`${file} has the code blocks of ${original}, comments included`, () => {
    assert.deepEqual(chinese!.codeBlocks, english!.codeBlocks);
  });

  test(`${file} has the tables of ${original}, line for line`, () => {
    assert.deepEqual(chinese!.tableSizes, english!.tableSizes);
  });

  test(`${file} and ${original} begin with links to each other`, () => {
    assert.equal(chinese!.links[0], basename(original));
    assert.equal(english!.links[0], basename(file));
  });
}

for (const file of tutorials) {
  test(`the programs of ${file} are those beside it, in order`, () => {
    const programs = globSync('examples/tutorial/[0-9]*.ts').sort();
    assert.ok(programs.length > 0);
    const blocks = readPage(file).codeBlocks.filter((block) => block.startsWith('```ts\n'));
    assert.deepEqual(
      blocks,
      programs.map((program) => `\`\`\`ts\n${readFileSync(program, 'utf8').trimEnd()}\n\`\`\``),
    );
  });
}

for (const file of pages) {
  test(`every relative link of ${file} leads somewhere`, () => {
    for (const link of readPage(file).links.filter((target) => !/^[a-z]+:/.test(target))) {
      const [path = '', anchor] = decodeURI(link).split('#');
      const target = path === '' ? file : join(dirname(file), path);
      assert.ok(existsSync(target), `${link}: there is no ${target}`);
      if (anchor === undefined || !target.endsWith('.md')) continue;
      assert.ok(anchorsOf(readPage(target).headings).has(anchor), `${link}: ${target} has no such heading`);
    }
  });

  test(`the programs of ${file} import what exists`, async () => {
    for (const block of readPage(file).codeBlocks.filter((text) => text.startsWith('```ts'))) {
      for (const [, names, specifier] of block.matchAll(/^import \{([^}]*)\} from '((?:@sluice\/|sluice)[^']*)'/gm)) {
        const exported = Object.keys((await import(specifier!)) as object);
        for (const name of names!.split(',').map((text) => text.trim())) {
          if (name !== '' && !name.startsWith('type '))
            assert.ok(exported.includes(name), `${specifier} has no ${name}`);
        }
      }
    }
  });
}

function emptyPage(): Page {
  return { headingLevels: [], headings: [], codeBlocks: [], tableSizes: [], links: [] };
}

/** Reads a page line by line: in a code block nothing is a heading, a table or a link. */
function readPage(file: string): Page {
  const headingLevels: string[] = [];
  const headings: string[] = [];
  const codeBlocks: string[] = [];
  const tableSizes: number[] = [];
  const links: string[] = [];
  let block: string[] | undefined;
  let isInTable = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (block !== undefined) {
      block.push(line);
      if (line === '```') {
        codeBlocks.push(block.join('\n'));
        block = undefined;
      }
      continue;
    }
    if (line.startsWith('```')) {
      block = [line];
      continue;
    }
    const heading = /^(#+) (.*)$/.exec(line);
    if (heading !== null) {
      headingLevels.push(heading[1]!);
      headings.push(heading[2]!);
    }
    const isTableLine = line.startsWith('|');
    if (isTableLine && !isInTable) tableSizes.push(0);
    if (isTableLine) tableSizes[tableSizes.length - 1]!++;
    isInTable = isTableLine;
    for (const [, target] of line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^()\s]+)\)/g)) links.push(target!);
  }
  assert.equal(block, undefined, `${file} ends inside a code block`);
  return { headingLevels, headings, codeBlocks, tableSizes, links };
}

/** The anchors of a page's headings: of two that are alike the second has a number behind it. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const anchor of headings.map(anchorOf)) {
    let number = 0;
    let free = anchor;
    while (anchors.has(free)) free = `${anchor}-${++number}`;
    anchors.add(free);
  }
  return anchors;
}

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
