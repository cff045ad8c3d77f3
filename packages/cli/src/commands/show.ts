import { type FetchDefinition, readFetchDefinition } from '@sluice/engine/records';
import type { LedgerReader, Row } from '@sluice/ledger';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { openRun } from '../run/find-run.ts';
import { curlCommand } from '../show/curl-command.ts';
import { layItem } from '../show/lay-item.ts';
import { renderLine } from '../text/line.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';

/** `sluice show`: one item, with the evidence of every attempt. */
export function showCommand(host: Host, action: Action): Command {
  return new Command('show')
    .description('show one item: every attempt with its evidence, the result, and a curl command that repeats it')
    .argument('<run>', 'ledger or run id')
    .argument('<key>', 'the key of the item: for a list of URLs the URL as it stands there; or its line number')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ sluice show urls.run.db https://example.org/missing')
    .action((name: string, key: string, options: { readonly json?: boolean }) =>
      action(async () => {
        await using reader = await openRun(name);
        const item = await findItem(reader, key);
        const attempts = await readAll(
          reader,
          'SELECT * FROM attempt WHERE item = ? ORDER BY number',
          item.id as number,
        );
        const curl = curlOf(item, attempts, readFetchDefinition(await reader.run()));
        if (options.json === true)
          writeLine(host.stdout, JSON.stringify({ ...item, body: undefined, attempts, curl }, bigintSafe));
        else {
          const columns = columnsOf(host.stdout);
          const paint = paintFor(host, host.stdout);
          for (const line of layItem({ item, attempts }, columns))
            writeLine(host.stdout, renderLine(line, columns, paint));
          // Not cut to the width: it is there to be copied.
          if (curl !== null) writeLine(host.stdout, `\n${paint('repeat it with', 'faint')}\n${paint(curl, 'accent')}`);
        }
        return EXIT.ok;
      }),
    );
}

async function findItem(reader: LedgerReader, key: string): Promise<Row> {
  const [byKey] = await readAll(reader, 'SELECT * FROM outcome WHERE key = ?', key);
  if (byKey !== undefined) return byKey;
  const [byLine] = /^\d{1,15}$/.test(key)
    ? await readAll(reader, 'SELECT * FROM outcome WHERE id = ?', Number(key))
    : [];
  if (byLine !== undefined) return byLine;
  const advice = 'give it as it stands in the list; an item that was not begun yet is not recorded';
  throw new CommandError('SLUICE_CLI_NO_ITEM', `${reader.path} has no item '${printable(key, 120)}': ${advice}`);
}

async function readAll(reader: LedgerReader, sql: string, param: string | number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of reader.rows(sql, [param])) rows.push(row);
  return rows;
}

/**
 * Only what was one request can be repeated by one: a step of a program may have done anything, and a bad line never
 * was a request.
 */
function curlOf(item: Row, attempts: readonly Row[], definition: FetchDefinition | undefined): string | null {
  const method = attempts.at(-1)?.method;
  if (typeof method !== 'string' || method === 'STEP') return null;
  const url = definition === undefined ? attempts.at(-1)!.url : item.key;
  return curlCommand({ method, url: String(url), headers: definition?.headers ?? {} });
}

function bigintSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
