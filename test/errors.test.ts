import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Settings of the environment and names of test variables look like codes, but are none. */
const NOT_CODES = /^SLUICE_(TEST|DEBUG|PS)(_|$)/;

test('docs/errors.md names exactly the codes that the sources use', () => {
  const used = new Set<string>();
  for (const file of globSync('packages/*/src/**/*.ts')) {
    for (const [, quoted, key] of readFileSync(file, 'utf8').matchAll(
      /'(SLUICE_[A-Z_]*[A-Z])'|^\s*(SLUICE_[A-Z_]+):/gm,
    )) {
      used.add(quoted ?? key!);
    }
  }
  const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(SLUICE_[A-Z_]+)`/gm)].map(
    (match) => match[1]!,
  );
  assert.deepEqual(documented.toSorted(), [...used].filter((code) => !NOT_CODES.test(code)).sort());
});
