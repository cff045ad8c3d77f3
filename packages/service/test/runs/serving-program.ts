/** A service in a process of its own: tells its parent its address, and lives until it is killed. */
import { createService } from '../../src/index.ts';

const service = await createService({ port: 0, folder: process.argv[2]!, maxRuns: 1 });
process.send!(service.url);
process.once('disconnect', () => process.exit(1));
