import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeout } from '@sluice/core';
import { connect } from '@sluice/databases';
import { errorCode } from '../support/error-code.ts';
import { describeDatabases } from '../support/test-bed.ts';
import { tlsProxy } from '../support/tls-proxy.ts';

await describeDatabases(
  (bed) => {
    test('the request to cancel goes over TLS where the connection does', async () => {
      const { hostname, port } = new URL(bed.url);
      await using proxy = await tlsProxy(hostname, Number(port));
      const url = new URL(bed.url);
      url.port = String(proxy.port);
      await assert.rejects(connect(`${url.href}?sslmode=verify-full`), errorCode('SLUICE_DB_TLS'));
      const refused = proxy.secured;
      await using db = await connect(`${url.href}?sslmode=require`, { pool: 1 });
      await assert.rejects(
        timeout('300ms', () => db.query(bed.slow)),
        errorCode('SLUICE_TIMEOUT'),
      );
      assert.equal(await bed.slowRunning(), 0);
      assert.equal(proxy.secured - refused, 2);
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
      assert.equal(db.statistics().opened, 1);
    });
  },
  ['postgres'],
);
