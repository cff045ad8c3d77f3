import { type Command, Option } from 'commander';
import { parseCount, parseCountOrZero, parseDurationOption } from './parse-option.ts';

/** Adds the options of every command that carries out a run: they become `RunSettings`. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      '-o, --output <file>',
      'where the results go when the run ends or stops: a .jsonl or .csv file, or - for stdout',
    )
    .option('--guard-formulas', 'in CSV, keep spreadsheets from running cells as formulas')
    .option('--concurrency <n>', 'items under way at once (default: 256)', parseCount)
    .option('--per-host <n>', 'items of one host under way at once (default: 32)', parseCount)
    .option('--timeout <duration>', 'how long one attempt may take (default: 120s)', parseDurationOption)
    .option('--retries <n>', 'retries of what may pass by itself (default: 4)', parseCountOrZero)
    .option(
      '--grace <duration>',
      'how long requests may finish after the first Ctrl-C (default: 10s)',
      parseDurationOption,
    )
    .option('--json', 'progress and summary as lines of JSON, on stderr')
    .option('--quiet', 'write nothing but errors');
}

/** Adds the options of the commands that may go on with a run that began earlier: they become `ResumeSettings`. */
export function addResumeOptions(command: Command): Command {
  const inDoubt = 'what becomes of items whose effect is unknown when the run goes on (default: hold)';
  return addRunOptions(command)
    .addOption(new Option('--in-doubt <what>', inDoubt).choices(['hold', 'retry', 'fail']))
    .option('--accept-changed-input', 'go on although the list has changed since the run began');
}
