import { gather, sleep, suppressedErrors, TaskGroupError, taskGroup } from '@sluice/core';

const refused = async (): Promise<never> => {
  await sleep('5ms');
  throw new RangeError('refused');
};
const close = (): void => {
  throw new Error('could not close');
};
const failsToClose = async (): Promise<void> => {
  try {
    await sleep('1h');
  } finally {
    close();
  }
};

try {
  await taskGroup(async (group) => {
    group.spawn(refused);
    group.spawn(failsToClose);
  });
} catch (error) {
  if (!(error instanceof TaskGroupError)) throw error;
  console.log(`a group: ${error.errors.map((each: Error) => each.message).join(', ')}`);
  console.log(`asked for a RangeError: ${error.find(RangeError)?.message}`);
}

try {
  await gather([refused, failsToClose]);
} catch (error) {
  console.log(`gather: ${(error as Error).message}`);
  console.log(`beside it: ${suppressedErrors(error).map((each) => (each as Error).message)}`);
}
