import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { decodeOnThreadPool } from '@sluice/http';
import { decodeStream } from '../../src/decode/decode-stream.ts';
import { decodeBody } from '../../src/decode-body.ts';

const SMALL = 'The quick brown fox jumps over the lazy dog. ';
const LARGE = Array.from({ length: 40_000 }, (_, i) => `${(i * 2_654_435_761) % 4_294_967_296} `).join('');
const LIMITS = { maxBodyBytes: 4 * 1024 * 1024, maxRatio: 200 };

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const READERS: readonly [string, (bytes: Uint8Array, coding: string) => Promise<string>][] = [
  ['whole', async (bytes, coding) => text(await decodeBody(bytes, coding, LIMITS, decodeOnThreadPool))],
  ...[1, 7919, 10_000_000].map((size): [string, (bytes: Uint8Array, coding: string) => Promise<string>] => [
    `streamed in pieces of ${size}`,
    async (bytes, coding) => {
      const chunks: Uint8Array[] = [];
      // Byte by byte only what is small.
      const step = bytes.length > 2000 && size === 1 ? 97 : size;
      for await (const chunk of decodeStream(pieces(bytes, step), coding, LIMITS)) chunks.push(chunk);
      return text(Buffer.concat(chunks));
    },
  ]),
];

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

const WRITERS = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate', deflateSync],
  ['raw deflate', 'deflate', deflateRawSync],
  ['br', 'br', brotliCompressSync],
  ['zstd', 'zstd', zstdCompressSync],
] as const;

for (const [how, read] of READERS) {
  for (const [name, coding, write] of WRITERS) {
    for (const [size, plain] of [
      ['small', SMALL],
      ['large', LARGE],
    ] as const) {
      const bytes = write(Buffer.from(plain));

      test(`a ${size} ${name} body, ${how}, is whole or refused: cut anywhere it is truncated`, async () => {
        assert.equal(await read(bytes, coding), plain);
        const cuts =
          size === 'small' ? bytes.keys() : [1, 2, 100, bytes.length >> 1, bytes.length - 5, bytes.length - 1];
        for (const cut of cuts) {
          if (cut === 0) continue;
          await assert.rejects(
            read(bytes.subarray(0, cut), coding),
            { code: 'SLUICE_HTTP_TRUNCATED' },
            `cut at ${cut}`,
          );
        }
      });

      test(`bytes behind a ${size} ${name} body, ${how}, are not passed over`, async () => {
        const longer = Buffer.concat([bytes, Buffer.from('<!-- -->')]);
        await assert.rejects(read(longer, coding), { code: 'SLUICE_HTTP_UNDECODABLE' });
      });
    }
  }

  test(`several members of gzip and frames of zstd, ${how}, are one body`, async () => {
    for (const [coding, write] of [
      ['gzip', gzipSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      const bytes = Buffer.concat([write('one '), write(LARGE), write(''), write(' three')]);
      assert.equal(await read(bytes, coding), `one ${LARGE} three`);
      const cut = bytes.subarray(0, bytes.length - 3);
      await assert.rejects(read(cut, coding), { code: 'SLUICE_HTTP_TRUNCATED' });
    }
  });

  test(`zero bytes behind gzip, ${how}, are padding`, async () => {
    assert.equal(await read(Buffer.concat([gzipSync(SMALL), Buffer.alloc(512)]), 'gzip'), SMALL);
  });

  test(`a wrong checksum of gzip and deflate, ${how}, is found`, async () => {
    for (const [coding, bytes, at] of [
      ['gzip', gzipSync(SMALL), -8],
      ['gzip', gzipSync(LARGE), -8],
      ['gzip', gzipSync(LARGE), -4],
      ['deflate', deflateSync(SMALL), -1],
      ['deflate', deflateSync(LARGE), -1],
    ] as const) {
      const broken = Buffer.from(bytes);
      broken[broken.length + at]! ^= 1;
      await assert.rejects(read(broken, coding), { code: 'SLUICE_HTTP_UNDECODABLE' });
    }
  });

  test(`two codings, ${how}, are undone and a third is refused; caps hold`, async () => {
    assert.equal(await read(brotliCompressSync(gzipSync(LARGE)), 'gzip, br'), LARGE);
    await assert.rejects(read(gzipSync(SMALL), 'gzip, gzip, gzip'), { code: 'SLUICE_HTTP_TOO_MANY_CODINGS' });
    await assert.rejects(read(gzipSync(SMALL), 'rot13'), { code: 'SLUICE_HTTP_UNKNOWN_CODING' });
    const noise = Buffer.from(LARGE.repeat(12));
    await assert.rejects(read(gzipSync(noise), 'gzip'), { code: 'SLUICE_HTTP_BODY_TOO_LARGE' });
    await assert.rejects(read(gzipSync(Buffer.alloc(3_000_000)), 'gzip'), { code: 'SLUICE_HTTP_RATIO' });
    await assert.rejects(read(gzipSync(gzipSync(Buffer.alloc(3_000_000))), 'gzip, gzip'), {
      code: 'SLUICE_HTTP_RATIO',
    });
  });
}

test('a body of a thousand empty frames is refused instead of decoded one by one', async () => {
  const frame = zstdCompressSync('');
  const bytes = Buffer.concat(Array.from({ length: 2000 }, () => frame));
  const decoding = decodeBody(bytes, 'zstd', LIMITS, decodeOnThreadPool);
  // From Node 26 on zlib goes through all frames itself, in one call.
  if (zstdDecompressSync(Buffer.concat([zstdCompressSync('a'), zstdCompressSync('b')])).toString() === 'ab') {
    assert.equal((await decoding).length, 0);
  } else await assert.rejects(decoding, { code: 'SLUICE_HTTP_UNDECODABLE' });
});

test('a reader that leaves early lets go of the source', async () => {
  let isReleased = false;
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) yield gzipSync(LARGE);
    } finally {
      isReleased = true;
    }
  }
  for await (const _ of decodeStream(endless(), 'gzip', LIMITS)) break;
  assert.ok(isReleased);
});

test('what the source throws is told as it is', async () => {
  const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET', errno: -104 });
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    yield gzipSync(LARGE).subarray(0, 1000);
    throw broken;
  }
  const read = async (): Promise<void> => {
    for await (const _ of decodeStream(source(), 'gzip', LIMITS));
  };
  await assert.rejects(read(), (error) => error === broken);
});
