import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bundles `source` as a user's bundler would, from the package's sources: the bytes and the modules that they come from. */
async function bundled(source: string): Promise<{ readonly code: Uint8Array; readonly modules: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    conditions: ['@sluice/source'],
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path.replace(/^.*\/src\//, '')] : [],
  );
  return { code: outputFiles[0]!.contents, modules };
}

test('an import of which nothing is used leaves nothing in a bundle', async () => {
  const { code } = await bundled(`import * as core from '@sluice/core'; import { run, Queue } from '@sluice/core';`);
  assert.equal(code.length, 0);
});

test('taskGroup, map and timeout bring along neither primitives nor policies nor sights that they do not use', async () => {
  const { modules } = await bundled(`export { taskGroup, map, timeout } from '@sluice/core';`);
  assert.ok(modules.includes('many/map.ts'), modules.join());
  const allowed = /^(scope|task|time|errors|many|context)\/|^duration\.ts$|^node\/warn\.ts$|^sight\/observer\.ts$/;
  const primitives = ['sync/wait-queue.ts', 'sync/queue-waiter.ts', 'sync/deque.ts'];
  const strangers = modules.filter((path) => !allowed.test(path) && !primitives.includes(path));
  assert.deepEqual(strangers, []);
  for (const unused of ['task/run.ts', 'task/background.ts', 'many/map-stream.ts', 'many/race.ts', 'time/sleeper.ts']) {
    assert.ok(!modules.includes(unused), unused);
  }
});

test('a bundle of taskGroup, map and timeout does not grow unnoticed', async () => {
  const { code } = await bundled(`export { taskGroup, map, timeout } from '@sluice/core';`);
  const bytes = gzipSync(code, { level: 9 }).length;
  // Bun’s gzip takes a few bytes more than that of Node.
  assert.ok(bytes <= 8040, `${bytes} bytes, minified and gzipped`);
});
