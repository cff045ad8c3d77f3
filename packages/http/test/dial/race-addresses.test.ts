import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { mock, test } from 'node:test';
import type { ResolvedAddress } from '../../src/dial/lookup.ts';
import { AddressRace, interleaveFamilies } from '../../src/dial/race-addresses.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

function addresses(...names: string[]): ResolvedAddress[] {
  return names.map((address) => ({ address, family: address.startsWith('6') ? 6 : 4 }));
}

function setUp(...names: string[]) {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  const sockets = new Map<string, FakeSocket>();
  const seen: { won?: string; lost?: readonly Error[] } = {};
  const race = new AddressRace(addresses(...names), {
    open({ address }) {
      const socket = new FakeSocket();
      sockets.set(address, socket);
      return socket as unknown as Socket;
    },
    onWon(_socket, { address }) {
      seen.won = address;
    },
    onLost(errors) {
      seen.lost = errors;
    },
  });
  return { race, sockets, seen };
}

test('families take turns, beginning with the first answer', () => {
  const order = (...names: string[]): string[] => interleaveFamilies(addresses(...names)).map(({ address }) => address);
  assert.deepEqual(order('6a', '6b', '6c', '4a', '4b'), ['6a', '4a', '6b', '4b', '6c']);
  assert.deepEqual(order('4a', '6a', '6b', '6c'), ['4a', '6a', '6b', '6c']);
  assert.deepEqual(order('4a'), ['4a']);
});

test('a black hole costs 250 ms: the next address joins in, wins, and the hole is closed', () => {
  const { sockets, seen } = setUp('6hole', '4good');
  mock.timers.tick(249);
  assert.deepEqual([...sockets.keys()], ['6hole']);
  mock.timers.tick(1);
  sockets.get('4good')!.emit('connect');
  assert.equal(seen.won, '4good');
  assert.equal(sockets.get('6hole')!.destroyed, true);
  assert.equal(sockets.get('4good')!.destroyed, false);
});

test('an address that fails makes way at once', () => {
  const { sockets, seen } = setUp('6refused', '4good');
  sockets.get('6refused')!.emit('error', new Error('refused'));
  sockets.get('4good')!.emit('connect');
  assert.equal(seen.won, '4good');
});

test('a slow first address still wins while the second is tried', () => {
  const { sockets, seen } = setUp('6slow', '4slower');
  mock.timers.tick(250);
  sockets.get('6slow')!.emit('connect');
  sockets.get('4slower')!.emit('connect');
  assert.equal(seen.won, '6slow');
  assert.equal(sockets.get('4slower')!.destroyed, true);
});

test('it is lost when every address has failed, with the error of each', () => {
  const { sockets, seen } = setUp('6a', '4a');
  sockets.get('6a')!.emit('error', new Error('one'));
  assert.equal(Object.keys(seen).length, 0);
  sockets.get('4a')!.emit('error', new Error('two'));
  assert.deepEqual(
    seen.lost?.map(({ message }) => message),
    ['one', 'two'],
  );
});

test('a cancelled race tells nothing and leaves nothing', () => {
  const { race, sockets, seen } = setUp('6a', '4a', '4b');
  mock.timers.tick(250);
  race.cancel();
  mock.timers.tick(10_000);
  sockets.get('6a')!.emit('connect');
  sockets.get('4a')!.emit('error', new Error('late'));
  assert.deepEqual(seen, {});
  assert.deepEqual(
    [...sockets.values()].map(({ destroyed }) => destroyed),
    [true, true],
  );
});
