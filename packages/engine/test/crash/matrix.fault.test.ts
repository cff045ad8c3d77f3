import { testDeaths } from './crash-matrix.ts';

testDeaths({
  admitted: [1],
  due: [2],
  begun: [100],
  announced: [100],
  sent: [100],
  attempted: [100],
  settled: [100],
  received: [10],
  begin: [5],
  entry: [150],
  'before-commit': [3],
  'after-commit': [3],
  answered: [3],
  'before-checkpoint': [1],
  'after-checkpoint': [1],
});
