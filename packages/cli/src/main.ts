import { runCommandLine } from './command-line.ts';
import { processHost } from './host.ts';

// Nobody reads a closed stderr; a run goes on without it.
process.stderr.on('error', () => {});

process.exitCode = await runCommandLine(processHost());
// A list on standard input that was not read to its end would keep the process.
process.stdin.destroy();
