/** `npm test`, `npm run e2e`, `npm run nightly`: runs a tier of tests, or the files that are named. */
import { runTests, summaryLine } from './run-tests.ts';

const [tier = 'unit', ...files] = process.argv.slice(2);
const counts = await runTests(tier, files);
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
