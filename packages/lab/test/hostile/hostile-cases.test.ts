import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileCases } from '../../src/index.ts';
import { request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const hostile = withLab({ hostile: true });
const plain = withLab();

test('numbers and names are unique, in order, and every case says what it does, what is good, and its class', () => {
  const numbers = hostileCases.map(({ number }) => number);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.equal(new Set(hostileCases.map(({ name }) => name)).size, hostileCases.length);
  assert.deepEqual(numbers.slice(0, 4), ['1', '2', '3', '4']);
  assert.ok(numbers.indexOf('9') < numbers.indexOf('10'));
  assert.ok(numbers.indexOf('70g') < numbers.indexOf('A1'));
  assert.equal(numbers.at(-1), 'B4');
  for (const { number, name, does, good, expected } of hostileCases) {
    assert.match(number, /^[AB]?\d+[a-z]?$/);
    assert.match(name, /^[a-z0-9.]+(-[a-z0-9.]+)*$/);
    assert.ok(does.length > 10 && good.length > 10 && !/[.|]$/.test(does + good), number);
    assert.ok(expected.length > 0, number);
  }
});

test('every case has a URL that a route of the lab serves', async () => {
  const { addresses } = hostile.lab.hostile!;
  const { json } = await request(`${hostile.lab.url}/routes`);
  const firstSegments = new Set(json.map((route: { path: string }) => route.path.split('/')[1]));
  for (const { number, url } of hostileCases) {
    const { protocol, pathname } = new URL(url(addresses));
    assert.match(protocol, /^https?:$/, number);
    assert.ok(firstSegments.has(pathname.split('/')[1]), `${number}: ${pathname}`);
  }
});

test('the page lists every behaviour with its link, class and what a good client does', async () => {
  const { text } = await request(`${hostile.lab.url}/`);
  for (const { name, expected } of hostileCases) {
    assert.ok(text.includes(`<tr id="${name}">`), name);
    for (const one of expected) assert.ok(text.includes(`class="chip ${one}"`), one);
  }
  assert.ok(text.includes(`href="${hostile.lab.hostile!.addresses.expired}/get"`));
  assert.ok(text.includes('href="/short-body"'));
});

test('a lab without these ports links only what it can show', async () => {
  const { json } = await request(`${plain.lab.url}/hostile`);
  const urlOf = (name: string): unknown => json.cases.find((one: { name: string }) => one.name === name).url;
  assert.equal(json.cases.length, hostileCases.length);
  assert.equal(urlOf('short-body'), `${plain.lab.url}/short-body`);
  assert.equal(urlOf('expired'), null);
  assert.equal(urlOf('redirect-to-private'), null);
  assert.equal(urlOf('redirect-to-metadata') !== null, true);
  assert.equal(plain.lab.hostile, undefined);
});
