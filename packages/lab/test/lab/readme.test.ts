import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createRouteTable } from '../../src/routes/route-table.ts';
import { request } from '../support/request.ts';
import { routeTableMarkdown } from '../support/route-table-markdown.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();

test("the README's route table is the code's", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = /\n## Routes\n\n(.*?\n)\n## /s.exec(readme)?.[1] ?? '';
  // The formatter pads the columns.
  const table = section.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  assert.equal(table, routeTableMarkdown(createRouteTable(() => undefined)));
});

test('the index page names every route, links its example and escapes what it shows', async () => {
  const { headers, text } = await request(`${context.lab.url}/`);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  for (const route of createRouteTable(() => undefined).flatMap((family) => family.routes)) {
    assert.ok(text.includes(route.path), route.path);
  }
  assert.ok(text.includes('href="/drip?duration=2&#38;numbytes=10&#38;delay=0&#38;code=200"'));
  assert.ok(text.includes('color-scheme: light dark'));
});

test('the table as JSON has every route with its methods', async () => {
  const { json } = await request(`${context.lab.url}/routes`);
  const paths = createRouteTable(() => undefined).flatMap((family) => family.routes.map((route) => route.path));
  assert.deepEqual(
    json.map((route: { path: string }) => route.path),
    paths,
  );
  const hits = json.filter((route: { path: string }) => route.path === '/hits');
  assert.deepEqual(
    hits.map((route: { methods: string[] }) => route.methods),
    [['GET'], ['DELETE']],
  );
});

test('every example of a route that answers at all is found and well-formed', async () => {
  const unanswered = new Set([
    '/hang',
    '/hang-body',
    '/endless',
    '/informational-flood',
    '/reset',
    '/reset-body',
    '/close',
    '/short-body',
  ]);
  const broken = new Set(['/close-delimited-reset', '/garbage', '/duplicate-length', '/wire/:case', '/drip', '/wire']);
  for (const route of createRouteTable(() => undefined).flatMap((family) => family.routes)) {
    if (unanswered.has(route.path) || broken.has(route.path)) continue;
    const method = route.methods?.[0] ?? 'GET';
    const { status } = await request(context.lab.url + (route.example ?? route.path), { method });
    assert.notEqual(status, 400, route.path);
    assert.notEqual(status, 404, route.path);
    assert.notEqual(status, 405, route.path);
  }
});
