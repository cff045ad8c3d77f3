import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { type Host, paintFor, writeLine } from './host.ts';
import { createProgram } from './program.ts';

/**
 * Carries out a command line and answers its exit status. Errors are told on stderr; nothing is thrown. When whoever
 * reads stdout has had enough (`sluice … | head`), the command ends quietly with status 0.
 */
export async function runCommandLine(host: Host): Promise<ExitCode> {
  let outputError: unknown;
  const onOutputError = (error: unknown): void => {
    outputError ??= error;
  };
  host.stdout.on('error', onOutputError);
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(host, async (work) => {
    exitCode = await work();
  });
  try {
    await program.parseAsync(host.args, { from: 'user' });
    // The stream tells of its errors after the write that met them.
    await new Promise((resolve) => host.stdout.write('', resolve));
    return outputError === undefined ? exitCode : tell(outputError, host);
  } catch (error) {
    return tell(outputError ?? error, host);
  }
}

function tell(error: unknown, host: Host): ExitCode {
  // Commander has said already what it has to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT.ok;
  const { line, exitCode, stack } = explainError(error);
  writeLine(host.stderr, `${paintFor(host, host.stderr)('sluice:', 'bad')} ${line}`);
  if (stack !== undefined) writeLine(host.stderr, stack);
  return exitCode;
}
