import { byId } from './elements.js';
import { count } from './format.js';
import { STATES } from './marks.js';
import { nameOf } from './run-row.js';

const PROGRESS_EVERY_MS = 15_000;

/** Tells people who do not see the table what happens: every change of state, and progress now and then. */
export class Announcer {
  constructor() {
    this.region = byId('announcer', HTMLParagraphElement);
    /** @type {Map<string, string>} */
    this.states = new Map();
    this.lastProgressAt = performance.now();
  }

  /** Knows a run without a word. @param {import('./api.js').Run} run */
  learn(run) {
    this.states.set(run.id, run.state);
  }

  /** @param {import('./api.js').Run} run */
  tell(run) {
    const before = this.states.get(run.id);
    this.states.set(run.id, run.state);
    const { settled, total, failed } = run.progress;
    const figures = `${count(settled)}${total === null ? '' : ` of ${count(total)}`} settled, ${count(failed)} failed`;
    if (before !== run.state) {
      this.#say(`${nameOf(run)}: ${STATES[run.state].text.toLowerCase()}, ${figures}`);
    } else if (run.state === 'running' && performance.now() - this.lastProgressAt > PROGRESS_EVERY_MS) {
      this.#say(`${nameOf(run)}: ${figures}`);
    }
  }

  /** @param {string} text */
  #say(text) {
    this.lastProgressAt = performance.now();
    this.region.textContent = text;
  }
}
