import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { sql } from '@sluice/databases';

test('values become parameters in the form of each database', () => {
  const statement = sql`select * from t where a = ${1} and b in (${'x'}, ${null})`;
  assert.deepEqual(statement.toStatement('postgres'), {
    text: 'select * from t where a = $1 and b in ($2, $3)',
    parameters: [1, 'x', null],
  });
  assert.equal(statement.toStatement('mysql').text, 'select * from t where a = ? and b in (?, ?)');
});

test('pieces are numbered through', () => {
  const where = sql`a = ${1} or ${sql`b = ${2}`}`;
  assert.deepEqual(sql`x ${0} ${where} ${3}`.toStatement('postgres'), {
    text: 'x $1 a = $2 or b = $3 $4',
    parameters: [0, 1, 2, 3],
  });
});

test('names are quoted so that nothing gets out', () => {
  assert.equal(sql`${sql.identifier('a"; drop table b')}`.toStatement('postgres').text, '"a""; drop table b"');
  assert.equal(sql`${sql.identifier('public.people')}`.toStatement('sqlite').text, '"public"."people"');
  assert.equal(sql`${sql.identifier(['a.b', 'c`d'])}`.toStatement('mysql').text, '`a.b`.`c``d`');
  assert.throws(() => sql`${sql.identifier('')}`.toStatement('mysql'), UsageError);
  assert.throws(() => sql`${sql.identifier('a\0b')}`.toStatement('postgres'), UsageError);
});
