import { Command } from 'commander';
import type { Action } from './commands/action.ts';
import { demoCommand } from './commands/demo.ts';
import { exportCommand } from './commands/export.ts';
import { failuresCommand } from './commands/failures.ts';
import { fetchCommand } from './commands/fetch.ts';
import { labCommandOf } from './commands/lab.ts';
import { psCommand } from './commands/ps.ts';
import { retryCommand } from './commands/retry.ts';
import { serveCommand } from './commands/serve.ts';
import { setCommand } from './commands/set.ts';
import { showCommand } from './commands/show.ts';
import { sqlCommand } from './commands/sql.ts';
import { statusCommand } from './commands/status.ts';
import { writeCommand } from './commands/write.ts';
import { type Host, paintFor, writeLine } from './host.ts';
import { printable } from './text/printable.ts';
import { VERSION } from './version.ts';

const COMMANDS = [
  fetchCommand,
  writeCommand,
  statusCommand,
  setCommand,
  failuresCommand,
  retryCommand,
  showCommand,
  exportCommand,
  sqlCommand,
  psCommand,
  serveCommand,
  labCommandOf,
  demoCommand,
] as const;

/** The whole command line. Mistakes in it are one line on stderr, and throw a CommanderError. */
export function createProgram(host: Host, action: Action): Command {
  const program = new Command('sluice')
    .description(
      'Give it a list; it makes every call as fast as each server allows, survives kill -9, and tells the truth about every item.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      '\nExample:\n  $ sluice fetch urls.txt -o pages.jsonl\n  $ sluice failures\n  $ sluice retry --class server,connect',
    );
  for (const create of COMMANDS) program.addCommand(create(host, action));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => void host.stdout.write(text),
        writeErr: (text) => void host.stderr.write(text),
        outputError: (text) => {
          const help = command === program ? 'sluice --help' : `sluice ${command.name()} --help`;
          const advice = text.includes('Did you mean') ? '' : `; see ${help}`;
          writeLine(host.stderr, `${paintFor(host, host.stderr)('sluice:', 'bad')} ${oneLine(text)}${advice}`);
        },
        getOutHelpWidth: () => 100,
        getErrHelpWidth: () => 100,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      });
    if (command !== program) command.helpOption('-h, --help', 'print this help');
  }
  return program;
}

/** Commander's message, which may hold what was typed, on one line without a full stop. */
function oneLine(text: string): string {
  return printable(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll('\n', ' ')
      .replace(/\.$/, ''),
  );
}
