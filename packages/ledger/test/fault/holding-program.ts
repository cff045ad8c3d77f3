/** A child process that opens a ledger, says so, and holds it until SIGTERM closes it or SIGKILL ends it. Argument: ledger. */
import { openLedger } from '@sluice/ledger';
import { NEW_RUN } from '../contract/samples.ts';

const ledger = await openLedger(process.argv[2] as string, { create: NEW_RUN });
process.on('SIGTERM', () => void ledger.close());
process.stdout.write('held\n');
