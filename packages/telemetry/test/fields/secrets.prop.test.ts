import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Cleaner } from '../../src/fields/cleaner.ts';
import { isSecretName, redactUrls } from '../../src/fields/secrets.ts';

/** A value that nothing else contains by accident. */
const SECRET = 'hunter2XYZZY';

const secretNames = fc.constantFrom(
  ...['authorization', 'Authorization', 'Proxy-Authorization', 'cookie', 'set-cookie', 'Set-Cookie', 'password'],
  ...[
    'DB_PASSWORD',
    'secret',
    'client_secret',
    'clientSecret',
    'token',
    'accessToken',
    'api_key',
    'apiKey',
    'X-Api-Key',
  ],
);

test('nothing under the name of a secret comes out, at any depth, in objects, maps, header lists and errors', () => {
  const secret = fc.oneof(
    fc.constant<unknown>(SECRET),
    fc.constant({ value: [SECRET] }),
    fc.constant([SECRET]),
    fc.constant(new Map([[SECRET, SECRET]])),
  );
  const field = fc.tuple(secretNames, secret);
  const leaf = fc.oneof(
    field.map(([name, value]) => ({ [name]: value }) as unknown),
    field.map(([name, value]) => new Map([[name, value]])),
    secretNames.map((name) => ['accept', '*/*', name, SECRET]),
    secretNames.map((name) => [[name, SECRET]]),
    field.map(([name, value]) => Object.assign(new Error('failed'), { [name]: value })),
    field.map(([name, value]) => new Error('outer', { cause: { [name]: value } })),
    fc.jsonValue(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      assert.ok(!JSON.stringify(new Cleaner().value({ value }))?.includes(SECRET));
    }),
    { numRuns: 500 },
  );
});

const host = fc.constantFrom('h', 'db.example.test', 'db.example.test:5432', '[::1]:80', '10.0.0.1');
const scheme = fc.constantFrom('postgres', 'mysql', 'https', 'redis', 'amqp+tls');
const rest = fc.constantFrom('', '/', '/db', '/db?sslmode=require', '/@scope/x', '?a=b');
const around = fc.constantFrom('', ' ', '"', ', ', ') ');

test('the credentials of a URL do not come out, wherever the URL stands, encoded or as people write them', () => {
  const password = fc
    .tuple(fc.string({ maxLength: 8 }), fc.constantFrom('', '@', ':', "'", '%40', '!$&()*+,;='))
    .map(([text, special]) => SECRET + encodeURIComponent(text.toWellFormed()) + special);
  fc.assert(
    fc.property(scheme, host, rest, around, password, (name, at, path, edge, word) => {
      for (const userinfo of [`user:${word}`, word, `:${word}`]) {
        const text = `${edge}${name}://${userinfo}@${at}${path}${edge} and ${name}://other.test/@x`;
        const safe = redactUrls(text);
        assert.ok(!safe.includes(SECRET), safe);
        assert.ok(safe.includes(`${name}://[redacted]@${at}${path}`), safe);
        assert.ok(safe.endsWith(` and ${name}://other.test/@x`), safe);
      }
    }),
  );
});

test('a password with an unencoded slash, question mark or hash does not come out', () => {
  for (const special of ['/', '?', '#', 'a/b?c#d']) {
    assert.equal(redactUrls(`postgres://user:${SECRET}${special}x@h/db`), 'postgres://[redacted]@h/db');
  }
});

test('URLs and texts without credentials stay as they are', () => {
  for (const text of [
    'https://example.test/@user/post',
    'https://example.test:8080/@user',
    'http://[::1]:8080/a@b',
    'https://registry.test/@scope%2fname?q=a@b.test#c@d',
    'mail a@b.test about http://a.test',
    'max_tokens=5 tokens=7',
    'a=b&c=d',
  ]) {
    assert.equal(redactUrls(text), text);
  }
});

test('query parameters with the name of a secret lose their value, and no other', () => {
  assert.equal(
    redactUrls('/cb?code=1&access_token=abc&x=2&api_key=def#frag'),
    '/cb?code=1&access_token=[redacted]&x=2&api_key=[redacted]#frag',
  );
  assert.equal(redactUrls('postgres://h/db?password=a%20b&x=1'), 'postgres://h/db?password=[redacted]&x=1');
});

test('a URL that is cut in the middle of its credentials shows none of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16_300, max: 16_390 }), (length) => {
      const text = `${'x'.repeat(length)} postgres://user:${SECRET}@h/db ${'y'.repeat(500)}`;
      assert.ok(!new Cleaner().text(text).includes('hunter'));
    }),
  );
});

test('a hostile text is searched in time that grows with its length only', () => {
  for (const piece of ['://', '://a:', '://a:b', '?a', '?token', '&&&', '://@', 'a@']) {
    const text = piece.repeat(16_384 / piece.length);
    // A quadratic search of these takes seconds; the test's own timeout is the judge of anything worse.
    const started = process.threadCpuUsage().user;
    redactUrls(text);
    assert.ok(process.threadCpuUsage().user - started < 2_000_000, piece);
  }
});

test('names that only resemble those of secrets are none', () => {
  for (const name of [
    'tokens',
    'max_tokens',
    'cookies',
    'author',
    'key',
    'status',
    'passwords_checked',
    'x'.repeat(100),
  ]) {
    assert.equal(isSecretName(name), false, name);
  }
});
