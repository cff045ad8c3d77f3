import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeadGuard } from '../../src/transport/head-guard.ts';

const informational = fc.constantFrom(
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
  'HTTP/1.0 102 P\r\nx: y\r\n\r\n',
);
const final = fc.constantFrom(
  'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.0 404 N\r\n\r\nrest',
  'HTTP/1.1 999 X\r\n\r\n',
);

/** What the guard lets through and reports of `text`, given in pieces that end at `cuts`. */
function pass(text: string, cuts: readonly number[]): { out: string; statuses: number[] } {
  const statuses: number[] = [];
  const guard = new HeadGuard((status) => statuses.push(status));
  guard.reset(65_536);
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
  let out = '';
  let begun = false;
  let from = 0;
  for (const end of ends) {
    const piece = bytes.subarray(from, end);
    from = end;
    const passed = begun || piece.length === 0 ? piece : guard.admit(piece);
    if (passed !== undefined && passed.length > 0) {
      begun = true;
      out += passed.toString('latin1');
    }
  }
  return { out, statuses };
}

test('however the bytes are cut, informational heads are taken out and the final response passes whole', () => {
  fc.assert(
    fc.property(
      fc.array(informational, { maxLength: 4 }),
      final,
      fc.array(fc.nat(), { maxLength: 30 }),
      (before, last, cuts) => {
        const { out, statuses } = pass(before.join('') + last, cuts);
        assert.equal(out, last);
        assert.deepEqual(
          statuses,
          before.map((head) => Number(head.slice(9, 12))),
        );
      },
    ),
  );
});

test('what is no status line never passes, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !'HTTP/1.'.startsWith(text.slice(0, 7))),
      fc.array(fc.nat(), { maxLength: 10 }),
      (text, cuts) => {
        assert.throws(() => pass(text.padEnd(20, '.'), cuts), { name: 'Error' });
      },
    ),
  );
});
