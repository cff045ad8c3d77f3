import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { liveRunProgress } from '@sluice/engine/records';
import { PROBLEM_TYPE, SERVICE_ERRORS } from '../../src/index.ts';
import { send } from '../support/client.ts';
import { startService } from '../support/with-service.ts';

test('the description is OpenAPI 3.1, and names every route with its answers', async () => {
  await using service = await startService({ token: 'a-token-of-the-test' });
  const { json } = await send(service.url, 'GET', '/openapi.json');
  assert.equal(json.openapi, '3.1.0');
  const described = Object.entries(
    json.paths as Record<
      string,
      Record<string, { operationId: string; responses: Record<string, { content?: Record<string, unknown> }> }>
    >,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  assert.deepEqual(described.map(({ route }) => route).sort(), [
    'DELETE /api/v1/runs/{id}',
    'GET /api/v1/events',
    'GET /api/v1/runs',
    'GET /api/v1/runs/{id}',
    'GET /api/v1/runs/{id}/events',
    'GET /api/v1/runs/{id}/failures',
    'GET /api/v1/runs/{id}/outcomes',
    'GET /api/v1/runs/{id}/progress',
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'PATCH /api/v1/runs/{id}',
    'POST /api/v1/lists',
    'POST /api/v1/runs',
    'POST /api/v1/runs/{id}/resume',
    'POST /api/v1/runs/{id}/retry',
    'POST /api/v1/runs/{id}/stop',
    'POST /login',
    'POST /logout',
  ]);
  const operations = described.map(({ operation }) => operation);
  assert.equal(new Set(operations.map((operation) => operation.operationId)).size, operations.length);
  for (const { route, operation } of described) {
    if (route === 'GET /openapi.json') continue;
    assert.ok(
      operation.responses['4XX']?.content?.[PROBLEM_TYPE] !== undefined,
      `${route} does not say how it refuses`,
    );
  }
  assert.deepEqual(json.security, [{ token: [] }, { session: [] }]);
  assert.deepEqual(brokenReferences(json), []);
});

test('what is described of a run’s progress is what the engine tells, name by name', async () => {
  await using service = await startService();
  const { json } = await send(service.url, 'GET', '/openapi.json');
  const schemas = json.components.schemas as Record<
    string,
    { properties: Record<string, unknown>; required: string[] }
  >;
  const source = from.iterable([1]);
  const { progress } = await defineJob({ source, idempotent: true, step: async () => null }).run({
    ledger: join(service.folder, 'a.run.db'),
  });
  const { live, ...recorded } = liveRunProgress(progress);
  for (const [name, value] of [
    ['Progress', { ...recorded, live }],
    ['LiveProgress', live!],
  ] as const) {
    assert.deepEqual(Object.keys(schemas[name]!.properties).sort(), Object.keys(value).sort());
    assert.deepEqual([...schemas[name]!.required].sort(), Object.keys(value).sort());
  }
});

test('every code has a status and a title, and starts as the codes of this package do', () => {
  for (const [code, { status, title }] of Object.entries(SERVICE_ERRORS)) {
    assert.match(code, /^SLUICE_SERVICE_[A-Z_]+$/);
    assert.ok(status >= 400 && status < 600);
    assert.notEqual(title, '');
  }
});

test('what is not there is a problem too', async () => {
  await using service = await startService();
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['PUT', '/api/v1/runs'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/runs/'],
  ] as const) {
    const answer = await send(service.url, method, path);
    assert.equal(answer.status, 404, `${method} ${path}`);
    assert.match(answer.headers['content-type']!, /^application\/problem\+json/);
    assert.match(answer.json.type, /^urn:sluice:error:SLUICE_SERVICE_/);
  }
});

test('a service that is closing is alive and not ready, and takes nothing on', async () => {
  await using service = await startService();
  assert.deepEqual((await send(service.url, 'GET', '/readyz')).json, { status: 'ok' });
  await service.close();
  await service.close();
  await assert.rejects(send(service.url, 'GET', '/healthz'), /ECONNREFUSED/);
});

function brokenReferences(document: { components: { schemas: Record<string, unknown> } }): string[] {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
  return references.filter((reference) => {
    const name = /^#\/components\/schemas\/(.+)$/.exec(reference)?.[1];
    return name === undefined || !(name in document.components.schemas);
  });
}
