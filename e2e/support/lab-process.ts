/** The lab in a process of its own: tells its parent its address, and its hit count when it is asked; lives until its parent is gone. */
import { startLab } from '@sluice/lab';

const lab = await startLab();
process.on('message', () => process.send!({ total: lab.hits.total }));
process.once('disconnect', () => process.exit(0));
process.send!({ url: lab.url });
