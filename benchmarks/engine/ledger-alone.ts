/**
 * The ledger alone: admits and settles items with a body each, as fast as it takes them, and prints what that cost. `mode` says how:
 * `body` (1 KiB of JSON that differs from item to item), `none` (status only). Arguments: items, mode.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, openLedger, type SourceItem } from '@sluice/ledger';
import { measure } from '../support/measure.ts';

const BATCH = 250;
const [count, mode] = [Number(process.argv[2]), process.argv[3] ?? 'body'];
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(1013) }));
const headers = JSON.stringify([
  ['content-type', 'application/json'],
  ['content-length', '1024'],
  ['date', 'Tue, 03 Jun 2025 09:00:00 GMT'],
  ['connection', 'keep-alive'],
]);

await measure(count, async () => {
  const create = { id: 'r1', kind: 'fetch', definition: '{}', seed: 1, inputFingerprint: null };
  const ledger = await openLedger(join(folder, 'bench.run.db'), { create });
  for (let first = 1; first <= count; first += BATCH)
    await admitAndSettle(ledger, first, Math.min(count, first + BATCH - 1));
  const { done } = (await ledger.counts()).byState;
  await ledger.close();
  return done;
});
rmSync(folder, { recursive: true });

async function admitAndSettle(ledger: Ledger, first: number, last: number): Promise<void> {
  const items: SourceItem[] = [];
  for (let position = first; position <= last; position++) {
    items.push({
      position,
      key: `http://127.0.0.1:8080/bytes/1024?n=${position}`,
      host: '127.0.0.1:8080',
      input: null,
    });
  }
  await ledger.admit({ from: String(first - 1), to: String(last), last: last === count, items });
  for (const item of items) {
    body.writeUInt32BE(item.position, 16);
    ledger.settle({
      id: item.position,
      key: item.key,
      host: item.host,
      input: null,
      state: 'done',
      idempotent: true,
      sent: true,
      dueAt: null,
      spent: null,
      emits: [],
      attempt: {
        number: 1,
        class: 'ok',
        code: null,
        phase: null,
        message: null,
        method: 'GET',
        url: item.key,
        startedAt: Date.now(),
        durationMs: 1.25,
        bytesIn: 1200,
        bytesOut: 90,
        reused: true,
        address: '127.0.0.1:8080',
        requests: 1,
      },
      result:
        mode === 'none'
          ? { status: 200, headers: null, body: null, charset: null, value: null }
          : { status: 200, headers, body, charset: 'utf-8', value: null },
    });
  }
  await ledger.drained();
}
