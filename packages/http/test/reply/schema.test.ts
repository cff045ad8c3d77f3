import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvidenceRecord, HeaderList, type HttpError, Reply, SchemaFailure } from '@sluice/http';
import { z } from 'zod';

function replyOf(text: string): Reply {
  const parts = { status: 200, headers: new HeaderList([]), url: 'http://x/', redirects: [] };
  return new Reply({ ...parts, body: Buffer.from(text), evidence: new EvidenceRecord('GET', 'http://x/') });
}

const Person = z.object({ name: z.string(), born: z.coerce.date(), tags: z.array(z.string()).default([]) });

test('a body that fits its schema comes as the schema makes it, with its type', () => {
  const person = replyOf('{"name":"Ada","born":"1815-12-10"}').json({ schema: Person });
  const year: number = person.born.getUTCFullYear();
  assert.deepEqual([person.name, year, person.tags], ['Ada', 1815, []]);
});

test('a body against its schema is integrity, and says where', () => {
  assert.throws(
    () => replyOf('{"name":7,"born":"1815-12-10","tags":[1]}').json({ schema: Person }),
    (error: HttpError) => {
      assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_SCHEMA', 'integrity']);
      assert.match(error.message, /name: .*; tags\.0: /);
      assert.ok(error.cause instanceof SchemaFailure && error.cause.issues.length === 2);
      return true;
    },
  );
});

test('a body that is no JSON is told as such, schema or not', () => {
  assert.throws(() => replyOf('{"name":').json({ schema: Person }), { code: 'SLUICE_HTTP_BAD_JSON' });
});

test('a schema that answers later is a mistake of the caller', () => {
  const later = z.string().refine(async () => true);
  assert.throws(() => replyOf('"x"').json({ schema: later }), { code: 'SLUICE_USAGE' });
});
