import { checkpoint, sleep, timeout } from '@sluice/core';

// Nothing but our own timer keeps this program alive.
await timeout('20ms', () => checkpoint());
await sleep('60ms');
console.log('awake');
