import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect, type DatabaseError } from '@sluice/databases';
import { errorCode } from '../support/error-code.ts';
import { describeDatabases } from '../support/test-bed.ts';

const SECRET = 'hunter2';

async function failure(url: string, options = {}): Promise<DatabaseError> {
  try {
    await (await connect(url, options)).close();
  } catch (error) {
    return error as DatabaseError;
  }
  return assert.fail('it connected');
}

/** Everything that a log would show of an error. */
function shown(error: unknown): string {
  let text = '';
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    text += `${each.message}\n${each.stack ?? ''}\n`;
  return text;
}

test('what is no database URL is refused with a hint, and not repeated', async () => {
  for (const url of [
    '',
    'people.db',
    `redis://u:${SECRET}@h/1`,
    `postgres://u:${SECRET}@h:99999/x`,
    `mysql://u:${SECRET}%zz@h/x`,
    'sqlite:',
  ]) {
    const error = await failure(url);
    assert.equal(error.code, 'SLUICE_DB_URL', url);
    assert.match(error.message, /postgres:\/\/user/);
    assert.ok(!shown(error).includes(SECRET));
  }
});

test('env:NAME takes the URL from the environment, and says when it is not there', async () => {
  process.env.SLUICE_TEST_URL = 'sqlite::memory:';
  await using db = await connect('env:SLUICE_TEST_URL');
  assert.equal(db.dialect, 'sqlite');
  assert.match((await failure('env:SLUICE_TEST_NOT_SET')).message, /SLUICE_TEST_NOT_SET is not set/);
});

test('an unknown sslmode is refused', async () => {
  assert.equal((await failure('postgres://u@h/x?sslmode=prefer')).code, 'SLUICE_DB_URL');
});

test('a port where nobody listens is named', async () => {
  for (const scheme of ['postgres', 'mysql']) {
    const error = await failure(`${scheme}://u:${SECRET}@127.0.0.1:1/x`);
    assert.equal(error.code, 'SLUICE_DB_UNREACHABLE');
    assert.match(error.message, /127\.0\.0\.1:1: .*ECONNREFUSED/);
    assert.ok(!shown(error).includes(SECRET));
  }
});

test('a server that accepts and says nothing is given up after connectTimeout', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  for (const scheme of ['postgres', 'mysql']) {
    const error = await failure(`${scheme}://u@127.0.0.1:${port}/x`, { connectTimeout: '100ms' });
    assert.equal(error.code, 'SLUICE_DB_UNREACHABLE');
    assert.match(error.message, /did not answer within 100 ms/);
  }
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test('a SQLite file in a folder that is not there is told', async () => {
  assert.match(
    (await failure('sqlite:/no/such/folder/x.db')).message,
    /cannot open the SQLite file \/no\/such\/folder\/x\.db/,
  );
});

await describeDatabases(
  (bed) => {
    test('a database that does not exist is named', async () => {
      const url = new URL(bed.url);
      url.pathname = '/sluice_no_such_database';
      const error = await failure(url.href);
      assert.equal(error.code, 'SLUICE_DB_NO_DATABASE');
      assert.match(error.message, /'sluice_no_such_database'/);
    });

    test('a wrong user or password is refused without showing the password', async () => {
      const url = new URL(bed.url);
      url.username = 'sluice_nobody';
      url.password = SECRET;
      const error = await failure(url.href);
      assert.equal(error.code, 'SLUICE_DB_AUTH');
      assert.match(error.message, /sluice_nobody/);
      assert.ok(!shown(error).includes(SECRET));
    });

    test('TLS against a server without it is told as such', async () => {
      await assert.rejects(connect(bed.url, { tls: true }), errorCode('SLUICE_DB_TLS'));
    });
  },
  ['postgres', 'mysql'],
);
