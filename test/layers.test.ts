import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { test } from 'node:test';

/** The arrows of docs/architecture.md: what each package may import. They point down only. */
const ARROWS: Record<string, readonly string[]> = {
  '@sluice/core': [],
  '@sluice/lab': [],
  '@sluice/http': ['@sluice/core'],
  '@sluice/offload': ['@sluice/core'],
  '@sluice/telemetry': ['@sluice/core'],
  '@sluice/databases': ['@sluice/core'],
  '@sluice/ledger': ['@sluice/core', '@sluice/databases'],
  '@sluice/engine': [
    '@sluice/core',
    '@sluice/http',
    '@sluice/ledger',
    '@sluice/offload',
    '@sluice/telemetry',
    '@sluice/databases',
  ],
  '@sluice/service': ['@sluice/core', '@sluice/engine', '@sluice/ledger', '@sluice/telemetry'],
  sluice: [
    '@sluice/core',
    '@sluice/http',
    '@sluice/offload',
    '@sluice/telemetry',
    '@sluice/databases',
    '@sluice/ledger',
    '@sluice/engine',
    '@sluice/service',
    '@sluice/lab',
  ],
};

const packages = globSync('packages/*/package.json').map((file) => ({
  folder: dirname(file),
  manifest: JSON.parse(readFileSync(file, 'utf8')) as {
    name: string;
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    imports?: Record<string, unknown>;
  },
}));

for (const { folder, manifest } of packages) {
  test(`${manifest.name} depends only on packages below it`, () => {
    const allowed = ARROWS[manifest.name];
    assert.ok(
      allowed !== undefined,
      `${manifest.name} has no place in the layers: name it in docs/architecture.md and here`,
    );
    const own = Object.keys(manifest.dependencies ?? {}).filter((name) => name in ARROWS);
    assert.deepEqual(
      own.filter((name) => !allowed.includes(name)),
      [],
    );
  });

  test(`the sources of ${manifest.name} import only what its manifest names`, () => {
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    for (const file of globSync(`${folder}/src/**/*.ts`)) {
      for (const specifier of importsOf(file)) {
        if (specifier.startsWith('.')) {
          const target = relative('.', new URL(specifier, `file://${process.cwd()}/${file}`).pathname);
          assert.ok(target.startsWith(`${folder}/src/`), `${file} reaches out of its package: ${specifier}`);
        } else if (specifier.startsWith('#')) {
          assert.ok(
            specifier in (manifest.imports ?? {}),
            `${file} imports ${specifier}, which its manifest does not name`,
          );
        } else if (!specifier.startsWith('node:')) {
          const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
          assert.ok(declared.has(name), `${file} imports ${specifier}, which ${folder}/package.json does not name`);
        }
      }
    }
  });
}

test('the core has no dependency and imports nothing but node:async_hooks outside src/node/', () => {
  const core = packages.find(({ manifest }) => manifest.name === '@sluice/core')!;
  assert.deepEqual(core.manifest.dependencies ?? {}, {});
  for (const file of globSync('packages/core/src/**/*.ts').filter((path) => !path.includes('/src/node/'))) {
    for (const specifier of importsOf(file).filter((name) => name.startsWith('node:'))) {
      assert.equal(specifier, 'node:async_hooks', file);
    }
  }
});

test('no library code calls the global fetch', () => {
  for (const file of globSync('packages/*/src/**/*.ts')) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    assert.doesNotMatch(code, /(?<![.\w`'])fetch\s*\((?!\s*\)\s*:)/, file);
  }
});

/** What a source file imports: statements, and calls of import(). */
function importsOf(file: string): string[] {
  const statements = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...readFileSync(file, 'utf8').matchAll(statements)].map((match) => match[1] ?? match[2] ?? match[3]!);
}
