import type { RunHandle } from '@sluice/engine';
import { type Host, paintFor, writeLine } from '../host.ts';
import type { RunTitle } from '../panel/frame.ts';
import { Panel, type RunView } from '../panel/panel.ts';
import { startJsonLines, startStatusLines } from '../panel/status-line.ts';
import { plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';

/** How a run is shown. */
export interface ViewOptions {
  /** Lines of JSON instead of anything for people. */
  readonly json?: boolean;
  /** Nothing at all, errors aside. */
  readonly quiet?: boolean;
}

/** Begins to show a run: a panel on a terminal, a line every ten seconds elsewhere. */
export function openView(handle: RunHandle, title: RunTitle, options: ViewOptions, host: Host): RunView {
  const stream = host.stderr;
  const progress = (): ReturnType<RunHandle['progress']> => handle.progress();
  if (options.json === true) {
    const { ledger, runId, resumed, readsAgain } = handle;
    writeLine(
      stream,
      JSON.stringify({ event: 'started', verb: title.verb, list: title.list, runId, ledger, resumed, readsAgain }),
    );
    return startJsonLines({ stream, progress });
  }
  if (options.quiet === true) return { close: () => {} };
  const paint = paintFor(host, stream);
  if (stream.isTTY === true && host.env.TERM !== 'dumb') return new Panel({ stream, paint, title, progress });
  const where = `run ${title.runId.slice(0, 8)} in ${printable(handle.ledger)}`;
  writeLine(
    stream,
    `${title.verb} ${printable(title.list)}: ${where}${handle.resumed ? `, ${plural(handle.progress().settled, 'item')} settled before` : ''}${handle.readsAgain ? '; the compressed list is read again up to where it stood' : ''}`,
  );
  return startStatusLines({ stream, paint, progress });
}
