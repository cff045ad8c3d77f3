import { ask } from './api.js';
import { make } from './elements.js';
import { failureList } from './failure-list.js';
import { RunRow } from './run-row.js';

/** @typedef {import('./api.js').Run} Run @typedef {import('./api.js').Action} Action */

/** The runs that are shown, the newest first; a `tbody` each, so that what is beneath a run stays with it. */
export class RunTable {
  /** @param {HTMLTableElement} table @param {(error: unknown) => void} onError */
  constructor(table, onError) {
    this.table = table;
    this.onError = onError;
    /** @type {Map<string, { row: RunRow, body: HTMLTableSectionElement }>} */
    this.rows = new Map();
  }

  get runs() {
    return Array.from(this.rows.values(), ({ row }) => row.run);
  }

  /** Shows a run, in its place. @param {Run} run */
  show(run) {
    const known = this.rows.get(run.id);
    if (known !== undefined) {
      known.row.update(run);
      return;
    }
    const row = new RunRow(run, (action, of) => void this.#act(action, of).catch(this.onError));
    const body = make('tbody', { 'data-run': run.id }, row.element);
    const older = Array.from(this.table.tBodies).find((other) =>
      isNewer(run, this.rows.get(other.dataset.run ?? '')?.row.run),
    );
    this.table.insertBefore(body, older ?? null);
    this.rows.set(run.id, { row, body });
  }

  /** @param {string} id */
  remove(id) {
    this.rows.get(id)?.body.remove();
    this.rows.delete(id);
  }

  /** @param {Action | 'cut' | 'failures'} action @param {Run} run */
  async #act(action, run) {
    const path = `/api/v1/runs/${encodeURIComponent(run.id)}`;
    switch (action) {
      case 'failures':
        return this.#toggleFailures(run, path);
      case 'delete':
        if (!confirm(`Delete the run ${run.id} with everything it holds?`)) return;
        await ask('DELETE', path);
        return this.remove(run.id);
      case 'retry': {
        const { run: changed } = await ask('POST', `${path}/retry`);
        return this.show(changed);
      }
      case 'cut':
        return this.show(await ask('POST', `${path}/stop`, { json: { cut: true } }));
      default:
        return this.show(await ask('POST', `${path}/${action}`));
    }
  }

  /** @param {Run} run @param {string} path */
  async #toggleFailures(run, path) {
    const entry = this.rows.get(run.id);
    if (entry === undefined) return;
    const { row, body } = entry;
    const open = body.querySelector('.detail');
    if (open !== null) {
      open.remove();
      row.setOpen(false);
      return;
    }
    const { clusters } = await ask('GET', `${path}/failures?limit=50`);
    if (body.querySelector('.detail') !== null) return;
    body.append(make('tr', { class: 'detail' }, make('td', { colspan: 8 }, failureList(clusters))));
    row.setOpen(true);
  }
}

/** @param {Run} a @param {Run | undefined} b */
function isNewer(a, b) {
  return b !== undefined && (a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt);
}
