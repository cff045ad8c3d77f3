import { make, setText } from './elements.js';
import { count, duration, moment, printable, rate } from './format.js';
import { classMark, STATES } from './marks.js';

/** @typedef {import('./api.js').Run} Run @typedef {import('./api.js').Action} Action */

/** What a button says, beside the name of the run. @type {Record<Action, string>} */
const LABELS = { stop: 'Stop', resume: 'Resume', retry: 'Retry failed', delete: 'Delete' };

/** One run in the table: made once, and changed in place as the run goes on. */
export class RunRow {
  /** @param {Run} run @param {(action: Action | 'cut' | 'failures', run: Run) => void} onAction */
  constructor(run, onAction) {
    this.run = run;
    this.onAction = onAction;
    this.name = make('span', { class: 'name' });
    this.when = make('span', { class: 'when' });
    this.state = make('span', { class: 'state' });
    this.problem = make('p', { class: 'problem' });
    this.done = make('span', { class: 'share-done' });
    this.failed = make('span', { class: 'share-failed' });
    this.doubt = make('span', { class: 'share-doubt' });
    this.track = make(
      'div',
      { class: 'track', role: 'progressbar', 'aria-valuemin': 0 },
      this.done,
      this.failed,
      this.doubt,
    );
    this.amount = make('span', { class: 'amount' });
    this.rate = make('td', { class: 'number', 'data-label': 'Rate' });
    this.left = make('td', { class: 'number', 'data-label': 'Left' });
    this.inFlight = make('td', { class: 'number', 'data-label': 'In flight' });
    this.classes = make('ul', { class: 'classes' });
    this.actions = make('div', { class: 'actions' });
    this.actionsShown = '';
    this.element = make(
      'tr',
      { class: 'run' },
      make('td', { class: 'cell-name' }, this.name, this.when),
      make('td', { class: 'cell-state' }, this.state, this.problem),
      make('td', { class: 'cell-progress progress' }, this.track, this.amount),
      this.rate,
      this.left,
      this.inFlight,
      make('td', { class: 'cell-outcomes' }, this.classes),
      make('td', { class: 'cell-actions' }, this.actions),
    );
    this.update(run);
  }

  /** @param {Run} run */
  update(run) {
    this.run = run;
    const { live } = run.progress;
    const name = nameOf(run);
    setText(this.name, name);
    setText(this.when, moment(run.createdAt));
    this.when.title = run.id;
    this.#showState(run);
    this.#showProgress(run);
    setText(this.rate, live === null ? '' : rate(live.ratePerSecond));
    setText(this.left, leftOf(run));
    setText(this.inFlight, live === null ? '' : count(live.inFlight));
    this.element.classList.toggle('resting', live === null);
    this.#showClasses(run.progress.byClass);
    this.#showActions(run, name);
  }

  /** Whether the failures are shown beneath. @param {boolean} isOpen */
  setOpen(isOpen) {
    for (const button of this.actions.querySelectorAll('[aria-expanded]'))
      button.setAttribute('aria-expanded', String(isOpen));
  }

  /** @param {Run} run */
  #showState(run) {
    const { mark, tone, text } = STATES[run.state];
    const place = run.queuePosition === null ? '' : `, place ${run.queuePosition}`;
    const where = run.owner === 'elsewhere' ? ' elsewhere' : '';
    setText(this.state, text + place + where);
    this.state.dataset.mark = mark;
    this.state.className = `state tone-${tone}`;
    setText(this.problem, run.problem === null ? '' : printable(run.problem.detail));
  }

  /** @param {Run} run */
  #showProgress({ progress, state, id }) {
    const { total, settled, done, failed, inDoubt } = progress;
    const whole = Math.max(total ?? settled, 1);
    this.done.style.width = `${(100 * done) / whole}%`;
    this.failed.style.width = `${(100 * failed) / whole}%`;
    this.doubt.style.width = `${(100 * inDoubt) / whole}%`;
    const share = total === null ? '' : `, ${Math.floor((100 * settled) / whole)} %`;
    const text =
      state === 'queued' && settled === 0
        ? 'not begun'
        : total === null
          ? count(settled)
          : `${count(settled)} of ${count(total)}${share}`;
    setText(this.amount, text);
    this.track.setAttribute('aria-label', `Progress of ${id}, ${STATES[state].text.toLowerCase()}`);
    this.track.setAttribute('aria-valuetext', text);
    this.track.setAttribute('aria-valuemax', String(whole));
    this.track.setAttribute('aria-valuenow', String(settled));
  }

  /** @param {Record<string, number>} byClass */
  #showClasses(byClass) {
    const shown = Object.entries(byClass).filter(([, items]) => items > 0);
    shown.sort(([a, x], [b, y]) => Number(b === 'ok') - Number(a === 'ok') || y - x);
    while (this.classes.children.length > shown.length) this.classes.lastElementChild?.remove();
    shown.forEach(([name, items], index) => {
      const item = this.classes.children[index] ?? this.classes.appendChild(make('li'));
      const { mark, tone } = classMark(name);
      item.className = `tone-${tone}`;
      item.setAttribute('data-mark', mark);
      setText(item, `${printable(name)} ${count(items)}`);
    });
  }

  /** Buttons are made anew only when others are needed: a focused one must stay. @param {Run} run @param {string} name */
  #showActions(run, name) {
    /** @type {(Action | 'cut' | 'failures')[]} */
    const actions = [];
    if (run.progress.failed + run.progress.inDoubt > 0) actions.push('failures');
    for (const action of run.actions) actions.push(action === 'stop' && run.state === 'draining' ? 'cut' : action);
    const key = actions.join();
    if (key === this.actionsShown) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.action : undefined;
    const hadFocus = this.actions.contains(document.activeElement);
    this.actionsShown = key;
    this.actions.replaceChildren(...actions.map((action) => this.#button(action, `${name}, ${moment(run.createdAt)}`)));
    if (!hadFocus) return;
    const next = this.actions.querySelector(`[data-action="${focused}"]`) ?? this.actions.firstElementChild;
    if (next instanceof HTMLElement) next.focus();
  }

  /** @param {Action | 'cut' | 'failures'} action @param {string} name */
  #button(action, name) {
    const label = action === 'failures' ? 'Failures' : action === 'cut' ? 'Stop now' : LABELS[action];
    const more = make('span', { class: 'unseen' }, ` of ${name}`);
    const button = make('button', { type: 'button', 'data-action': action }, label, more);
    if (action === 'failures') button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => this.onAction(action, this.run));
    return button;
  }
}

/** What it does, and what tells it from the others. @param {Run} run */
export function nameOf({ id, job, kind }) {
  const short = /^\d{8}-\d{9}-([0-9a-z]{6})[0-9a-z]{4}$/.exec(id)?.[1] ?? id;
  return printable(`${job ?? kind} ${short}`);
}

/** @param {Run} run */
function leftOf({ progress: { live } }) {
  if (live === null) return '';
  if (live.stall !== null) return `waits: ${live.stall}`;
  if (live.drainLeftMs !== null) return `stops in ${duration(live.drainLeftMs)}`;
  return live.etaMs === null ? '–' : duration(live.etaMs);
}
