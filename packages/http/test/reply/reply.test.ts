import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvidenceRecord, HeaderList, HttpError, HttpStatusError, Reply } from '@sluice/http';

function replyOf(body: Uint8Array | string, headers: readonly string[] = [], status = 200): Reply {
  return new Reply({
    status,
    headers: new HeaderList(headers),
    url: 'http://x/',
    redirects: [],
    body: typeof body === 'string' ? Buffer.from(body) : body,
    evidence: new EvidenceRecord('GET', 'http://x/'),
  });
}

const html = ['content-type', 'text/html'];

for (const [name, reply, charset, text] of [
  ['nothing', replyOf('ü'), 'utf-8', 'ü'],
  [
    'the content type',
    replyOf(Buffer.from('caf\xe9', 'latin1'), ['content-type', 'text/plain; charset="ISO-8859-1"']),
    'windows-1252',
    'café',
  ],
  ['an unknown name', replyOf('ü', ['content-type', 'text/plain; charset=klingon']), 'utf-8', 'ü'],
  [
    'a byte order mark before the content type',
    replyOf('\ufeffü', ['content-type', 'text/plain; charset=latin1']),
    'utf-8',
    'ü',
  ],
  ['UTF-16 with a byte order mark', replyOf(Buffer.from('\ufeffhi', 'utf16le')), 'utf-16le', 'hi'],
  [
    'a meta element',
    replyOf(Buffer.from('<html><meta charset=koi8-r>\xc1', 'latin1'), html),
    'koi8-r',
    '<html><meta charset=koi8-r>а',
  ],
  [
    'an old meta element',
    replyOf(Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=latin1">\xe9', 'latin1'), html),
    'windows-1252',
    '<meta http-equiv="Content-Type" content="text/html; charset=latin1">é',
  ],
  [
    'an XML declaration',
    replyOf(Buffer.from('<?xml version="1.0" encoding="latin1"?>\xe9', 'latin1'), [
      'content-type',
      'application/rss+xml',
    ]),
    'windows-1252',
    '<?xml version="1.0" encoding="latin1"?>é',
  ],
  ['a meta element that claims UTF-16', replyOf('<meta charset=utf-16>ü', html), 'utf-8', '<meta charset=utf-16>ü'],
  [
    'a meta element in plain text',
    replyOf('<meta charset=koi8-r>', ['content-type', 'text/plain']),
    'utf-8',
    '<meta charset=koi8-r>',
  ],
] as const) {
  test(`the charset comes from ${name}`, () => {
    assert.equal(reply.charset, charset);
    assert.equal(reply.text(), text);
  });
}

test('json() takes no text whose bytes are not in its charset: a name with U+FFFD in it is nobody', () => {
  const latin1 = Buffer.from('{"name":"Z\xfcrich"}', 'latin1');
  for (const type of ['application/json', 'application/json; charset=utf-8']) {
    assert.throws(() => replyOf(latin1, ['content-type', type]).json(), { code: 'SLUICE_HTTP_BAD_JSON' });
  }
  assert.deepEqual(replyOf(latin1, ['content-type', 'application/json; charset=latin1']).json(), { name: 'Zürich' });
  assert.deepEqual(replyOf('\ufeff{"name":"\ufffd"}').json(), { name: '\ufffd' }, 'a U+FFFD that was sent is no fault');
});

test('json() parses, and says what is wrong when it cannot', () => {
  assert.deepEqual(replyOf('{"a":[1]}').json(), { a: [1] });
  assert.throws(
    () => replyOf('{"a":').json(),
    (error) => error instanceof HttpError && error.code === 'SLUICE_HTTP_BAD_JSON' && error.class === 'integrity',
  );
});

test('requireOk() gives a good reply back and throws a bad one with its class', () => {
  const good = replyOf('', [], 204);
  assert.equal(good.requireOk(), good);
  const bad = replyOf('', ['Retry-After', '5'], 503);
  assert.throws(
    () => bad.requireOk(),
    (error) =>
      error instanceof HttpStatusError &&
      error.code === 'SLUICE_HTTP_STATUS' &&
      error.class === 'throttled' &&
      error.status === 503 &&
      error.reply === bad,
  );
});
