import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { COMMAND_ERROR_CODES } from '../src/command-error.ts';
import { EXIT } from '../src/exit-codes.ts';
import { createProgram } from '../src/program.ts';
import { capture } from './support/captured-host.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const program = createProgram({ args: [], stdout: process.stdout, stderr: process.stderr, env: {} }, async () => {});
const commands = program.commands.map((command) => command.name());

for (const args of [[], ...commands.map((name) => [name])]) {
  const words = ['sluice', ...args, '--help'].join(' ');
  test(`the README holds \`${words}\` as it is`, async () => {
    const { code, stdout } = await capture([...args, '--help']);
    assert.equal(code, 0);
    assert.ok(readme.includes(`\`\`\`text\n${stdout.trimEnd()}\n\`\`\``), `copy the output of ${words} into README.md`);
    assert.match(stdout, /\nExamples?:\n {2}\$ /);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
  });
}

test('the README names every exit status and every error code', () => {
  for (const status of Object.values(EXIT)) assert.match(readme, new RegExp(`\\n\\| +${status} +\\|`));
  for (const [code, meaning] of Object.entries(COMMAND_ERROR_CODES)) {
    assert.match(readme, new RegExp(`\\n\\| \`${code}\` +\\| ${meaning.replaceAll('.', '\\.')} +\\|`));
  }
});

test('help without a command is a mistake, and with one is none', async () => {
  assert.equal((await capture([])).code, 2);
  assert.equal((await capture(['help', 'fetch'])).code, 0);
  assert.match(
    (await capture(['fetch'])).stderr,
    /^sluice: missing required argument 'list'; see sluice fetch --help\n$/,
  );
});
