import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('../packages/core/src', import.meta.url));
const folder = fileURLToPath(new URL('.', import.meta.url));
const runFile = promisify(execFile);

/** What the examples take for granted: the reader's own functions and things. A new name in an example needs a line here. */
const SURROUNDINGS = `
import assert from 'node:assert/strict';
import * as core from '@sluice/core';
import * as node from '@sluice/core/node';
import * as testing from '@sluice/core/testing';
const urls = ['https://example.org/a', 'https://example.org/b'];
const [url, mirrorA, mirrorB] = [urls[0]!, urls[0]!, urls[1]!];
const replicas = urls;
const numbers = [1, 2, 3];
const session = { get: async (url: string | undefined) => (await core.sleep(1), { url, status: 200 }) };
const [id, sql] = ['42', 'select 1'];
const work = async (..._input: unknown[]): Promise<void> => core.sleep(1);
const [a, b, handle, download, prepare, send] = [work, work, work, work, work, work] as const;
const [visit, store, begin, countdown, fetchSomething] = [work, work, work, work, work] as const;
const fetchCount = async (name: string): Promise<number> => name.length;
const load = async (attempt: number): Promise<number> => attempt;
const getUser = async (id: string) => ({ id });
const getOrders = async (id: string) => [id];
const report = (_error: unknown): void => {};
const serve = (): void => {};
let balance = 100;
const read = async (): Promise<number> => balance;
const write = async (value: number): Promise<void> => { balance = value; };
let stock = 1;
const button = { onClick: () => {}, pressed: () => core.sleep(2) };
const connection = { sayGoodbye: work };
const driver = { query: async (text: string) => [text], cancel: () => {} };
const log = Object.assign([] as string[], { warn: (_line: object) => {} });
`;

interface Example {
  readonly name: string;
  readonly code: string;
}

/** Every example of the sources, with the name of what it shows. */
const examples: Example[] = globSync('**/*.ts', { cwd: source })
  .sort()
  .flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    return [
      ...text.matchAll(
        /\* @example\n([\s\S]*?)\*\/\n(?:export )?(?:async )?(?:function\*?|class|interface|const) (\w+)/g,
      ),
    ].map(([, lines, name]) => ({
      name: `${name} in ${file}`,
      code: lines!.replaceAll(/^ *\* ?/gm, '').trim(),
    }));
  });

/** The example in a program: `group` is a task group around it, `tasks` two tasks of it, and a process id is one that answers. */
function program({ code }: Example): string {
  const unshown = code.replace('4711', 'process.pid');
  const names = (module: string): string => `const { ${importsOf(module, code).join(', ')} } = ${module};`;
  const variables = ['group', 'tasks', 'queue'].filter(
    (name) => new RegExp(`\\b${name}\\b`).test(code) && !code.includes(`const ${name} =`),
  );
  const given: Record<string, string> = {
    group: '',
    tasks: 'const tasks = [group.spawn(work), group.spawn(work)];',
    queue: 'const queue = new core.Queue<string>();',
  };
  const isGrouped = /\b(?:group|tasks)\b/.test(code) && !code.includes('async (group)');
  const body = `${variables.map((name) => given[name]).join('\n')}\n${unshown}`;
  const isAsked = code.includes('readTaskTree') || code.includes('askProcess');
  const exposed = isAsked
    ? "await using exposed = await node.exposeTaskTree();\nusing answered = node.answerRequests('twice', (n) => Number(n) * 2);\n"
    : '';
  return [
    SURROUNDINGS,
    names('core'),
    names('node'),
    names('testing'),
    exposed,
    isGrouped ? `await core.taskGroup(async (group) => {\n${body}\n});` : `{\n${body}\n}`,
    'process.exit();',
  ].join('\n');
}

function importsOf(module: string, code: string): string[] {
  return (EXPORTS[module] ?? []).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
}

const EXPORTS: Record<string, string[]> = {
  core: Object.keys(await import('@sluice/core')),
  node: Object.keys(await import('@sluice/core/node')),
  testing: Object.keys(await import('@sluice/core/testing')),
};

let place: string;
before(async () => {
  place = await mkdtemp(join(folder, '.examples-'));
  for (const [index, example] of examples.entries())
    await writeFile(join(place, `example-${index}.ts`), program(example));
});
after(() => rm(place, { recursive: true }));

test('every example has the types that it needs, in a strict program', async () => {
  const config = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      composite: false,
      isolatedDeclarations: false,
      declaration: false,
      declarationMap: false,
      noEmit: true,
    },
    include: ['*.ts'],
  };
  await writeFile(join(place, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await runFile(resolve('node_modules/.bin/tsc'), ['-p', place, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error,
  );
  assert.equal(stdout, '');
});

test('every example of the doc comments is found', () => {
  const written = globSync('**/*.ts', { cwd: source }).map((file) => readFileSync(join(source, file), 'utf8'));
  const count = written.join('').split('@example').length - 1;
  assert.ok(count > 40);
  assert.equal(examples.length, count);
});

for (const [index, { name, code }] of examples.entries()) {
  test(`the example of ${name} runs and prints what it says`, async () => {
    const file = join(place, `example-${index}.ts`);
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' };
    const { stdout } = await runFile(process.execPath, ['--conditions=@sluice/source', file], { env, timeout: 30_000 });
    for (const [, promised] of code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm))
      assert.ok(stdout.includes(promised!), stdout);
  });
}
