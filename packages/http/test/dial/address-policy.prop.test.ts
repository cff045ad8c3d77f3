import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AddressKind, addressKind } from '../../src/dial/address-kind.ts';
import { admitAddresses } from '../../src/dial/address-policy.ts';

const KINDS: Readonly<Record<string, AddressKind>> = {
  '8.8.8.8': 'public',
  '172.15.255.255': 'public',
  '172.32.0.0': 'public',
  '100.63.255.255': 'public',
  '100.128.0.0': 'public',
  '2606:4700::1111': 'public',
  '2001:4860:4860::8888': 'public',
  '64:ff9b::8.8.8.8': 'public',
  '2002:808:808::1': 'public',
  '0.0.0.0': 'unspecified',
  '0.1.2.3': 'unspecified',
  '::': 'unspecified',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '::1': 'loopback',
  '::ffff:127.0.0.1': 'loopback',
  '::ffff:7f00:1': 'loopback',
  '::127.0.0.1': 'loopback',
  '64:ff9b::7f00:1': 'loopback',
  '2002:7f00:1::': 'loopback',
  '::ffff:0:127.0.0.1': 'loopback',
  '10.0.0.1': 'private',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.168.1.1': 'private',
  '64:ff9b:1::1': 'private',
  'fd00::1': 'private',
  'fec0::1': 'private',
  '169.254.169.254': 'link-local',
  '::ffff:a9fe:a9fe': 'link-local',
  'fe80::1': 'link-local',
  'fe80::1%eth0': 'link-local',
  '100.64.0.1': 'shared',
  '224.0.0.1': 'multicast',
  'ff02::1': 'multicast',
  '255.255.255.255': 'reserved',
  '198.18.0.1': 'reserved',
  '2001:db8::1': 'reserved',
  '2001::1': 'reserved',
  '100::1': 'reserved',
  'no address': 'reserved',
};

test('every special range is known by its edges', () => {
  for (const [address, kind] of Object.entries(KINDS)) assert.equal(addressKind(address), kind, address);
});

test('an IPv4 address has the same kind in every IPv6 form of it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const high = ((a << 8) | b).toString(16);
      const low = ((c << 8) | d).toString(16);
      const kind = addressKind(address);
      assert.equal(addressKind(`::ffff:${address}`), kind);
      assert.equal(addressKind(`0:0:0:0:0:ffff:${high}:${low}`), kind);
      assert.equal(addressKind(`64:ff9b::${high}:${low}`), kind);
      assert.equal(addressKind(`2002:${high}:${low}::`), kind);
    }),
  );
});

test('nothing special is reached when private addresses are not allowed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const { admitted } = admitAddresses('host.test', [{ address, family: 4 }], false);
      assert.equal(admitted !== undefined, addressKind(address) === 'public');
    }),
  );
});

test('of a mixed answer only the public addresses are used', () => {
  const answer = [
    { address: '10.0.0.1', family: 4 },
    { address: '8.8.8.8', family: 4 },
  ] as const;
  assert.deepEqual(admitAddresses('mixed.test', answer, false).admitted, [answer[1]]);
  assert.equal(admitAddresses('mixed.test', answer, true).admitted?.length, 2);
});

test('a name that leads to 0.0.0.0 is blocked by its resolver, and only a function can allow it', () => {
  const answer = [{ address: '0.0.0.0', family: 4 }] as const;
  assert.match(admitAddresses('ads.test', answer, true).refusal ?? '', /blocks the name/);
  assert.equal(admitAddresses('0.0.0.0', answer, true).refusal, undefined);
  assert.equal(admitAddresses('ads.test', answer, () => true).refusal, undefined);
});

test('a function is asked about special addresses only, with the host', () => {
  const asked: string[] = [];
  const policy = (address: string, host: string): boolean => {
    asked.push(`${host} ${address}`);
    return address === '10.0.0.2';
  };
  const answer = ['8.8.8.8', '10.0.0.1', '10.0.0.2'].map((address) => ({ address, family: 4 }) as const);
  assert.deepEqual(
    admitAddresses('in.test', answer, policy).admitted?.map(({ address }) => address),
    ['8.8.8.8', '10.0.0.2'],
  );
  assert.deepEqual(asked, ['in.test 10.0.0.1', 'in.test 10.0.0.2']);
});
