import { moveOnAfter, shield, sleep } from '@sluice/core';

const sayGoodbye = async (name: string): Promise<void> => {
  await sleep('10ms');
  console.log(`${name}: said goodbye`);
};

await moveOnAfter('30ms', async () => {
  try {
    await sleep('1h');
  } finally {
    await sayGoodbye('bare'); // a wait under a cancel: it throws before it has begun
  }
});

await moveOnAfter('30ms', async () => {
  try {
    await sleep('1h');
  } finally {
    await shield(() => sayGoodbye('shielded'), { timeout: '2s' });
  }
});
