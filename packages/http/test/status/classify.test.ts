import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { classifyStatus, HeaderList, isIdempotentMethod, VERSION } from '@sluice/http';

const none = new HeaderList([]);
const later = new HeaderList(['Retry-After', 'garbage']);

test('every status has its class', () => {
  const classes: Record<string, number[]> = {};
  for (let status = 200; status < 1000; status++) {
    const statusClass = classifyStatus(status, none);
    classes[statusClass] ??= [];
    classes[statusClass].push(status);
  }
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  assert.deepEqual(classes.ok, range(200, 300));
  assert.deepEqual(classes.throttled, [429]);
  assert.deepEqual(classes.server, [408, 421, 425, ...range(500, 600)]);
  assert.equal(classes.client!.length, 800 - 100 - 1 - 103);
});

test('503 with Retry-After is throttled, 500 with it is not', () => {
  assert.equal(classifyStatus(503, later), 'throttled');
  assert.equal(classifyStatus(500, later), 'server');
  assert.equal(classifyStatus(200, later), 'ok');
});

test('idempotent methods are those of RFC 9110', () => {
  const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'POST', 'PATCH', 'CONNECT', 'get', 'X'];
  assert.deepEqual(methods.filter(isIdempotentMethod), ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
});

test('the version is that of the package', async () => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  assert.equal(VERSION, JSON.parse(text).version);
});
