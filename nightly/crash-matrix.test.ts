import { testDeaths } from '../packages/engine/test/crash/crash-matrix.ts';

/** Early, in the middle and late; a job makes some 250 attempts in some 15 commits. */
testDeaths({
  admitted: [1],
  due: [1, 2, 3],
  begun: [1, 17, 60, 130, 200],
  announced: [1, 17, 60, 130, 200],
  sent: [1, 17, 60, 130, 200],
  attempted: [1, 17, 60, 130, 200],
  settled: [1, 17, 60, 130, 200],
  received: [1, 2, 5, 10, 15],
  begin: [1, 2, 5, 8],
  entry: [1, 2, 17, 60, 130, 200],
  'before-commit': [1, 2, 4, 6, 8],
  'after-commit': [1, 2, 4, 6, 8],
  answered: [1, 2, 4, 6, 8],
  'before-checkpoint': [1],
  'after-checkpoint': [1],
});
