import { type Command, Option } from 'commander';
import { collect, parseCountOrAuto, parseCountOrZero, parseDurationOption, parseRateOption } from './parse-option.ts';

/** Adds the options of every command that carries out a run: they become `RunSettings`. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      '-o, --output <file>',
      'where the results go when the run ends or stops: a .jsonl or .csv file, or - for stdout',
    )
    .option('--guard-formulas', 'in CSV, keep spreadsheets from running cells as formulas')
    .option('--concurrency <n|auto>', 'items under way at once, in all (default: auto, up to 256)', parseCountOrAuto)
    .option(
      '--per-host <n|auto>',
      'requests to one host at once (default: auto, found out for each, up to 32)',
      parseCountOrAuto,
    )
    .option(
      "--rate <'n/time'>",
      "requests to one host in a time, as '500/min' (default: what servers tell)",
      parseRateOption,
    )
    .option('--delay <duration>', 'the least time between two requests to one host (default: 0)', parseDurationOption)
    .option('--loops <n|auto>', 'event loops in threads of their own that do the work (default: 1)', parseCountOrAuto)
    .option('--max-errors <n>', 'pause when more items than this have failed', parseCountOrZero)
    .option(
      '--threshold <expression>',
      "end with status 4 when it is true at the end, as 'error_rate > 0.01'; may be repeated",
      collect,
    )
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
