import { Announcer } from './announcer.js';
import { ApiError, ask } from './api.js';
import { byId, setText } from './elements.js';
import { count } from './format.js';
import { bindLogin } from './login.js';
import { RunTable } from './run-table.js';
import { bindSubmitForm } from './submit-form.js';

/** @typedef {import('./api.js').Run} Run */

const REFRESH_MS = 10_000;

const login = byId('login', HTMLElement);
const sections = [byId('submit', HTMLElement), byId('runs', HTMLElement)];
const older = byId('older', HTMLButtonElement);
const error = byId('runs-error', HTMLParagraphElement);
const link = byId('link', HTMLParagraphElement);
const announcer = new Announcer();
const table = new RunTable(byId('table', HTMLTableElement), showError);
/** Where the older runs begin. @type {string | null} */
let next = null;
/** @type {EventSource | undefined} */
let events;

/** @param {unknown} failure */
function showError(failure) {
  if (failure instanceof ApiError && failure.status === 401) askToken();
  else setText(error, failure instanceof Error ? failure.message : String(failure));
}

function askToken() {
  events?.close();
  events = undefined;
  login.hidden = false;
  byId('sign-out', HTMLButtonElement).hidden = true;
  for (const section of sections) section.hidden = true;
  byId('token', HTMLInputElement).focus();
}

/** Loads the newest runs, and listens to what happens from now on. */
async function begin() {
  await refresh();
  login.hidden = true;
  // The service says in its document whether there is anything to sign out of.
  byId('sign-out', HTMLButtonElement).hidden = document.documentElement.dataset.signIn !== 'yes';
  for (const section of sections) section.hidden = false;
  listen();
}

/** Runs that other programs started or carry on are seen here only. */
async function refresh() {
  const page = await ask('GET', '/api/v1/runs');
  const isFirst = table.rows.size === 0;
  for (const run of page.runs) {
    if (isFirst) announcer.learn(run);
    showRun(run, isFirst);
  }
  if (isFirst) next = page.next;
  summarize();
}

/** @param {Run} run @param {boolean} [quietly] */
function showRun(run, quietly = false) {
  table.show(run);
  if (!quietly) announcer.tell(run);
}

function summarize() {
  const states = table.runs.map((run) => run.state);
  const live = states.filter((state) => state === 'running' || state === 'draining').length;
  const queued = states.filter((state) => state === 'queued').length;
  setText(
    byId('summary', HTMLParagraphElement),
    live + queued === 0 ? 'Nothing is under way' : `${count(live)} running, ${count(queued)} queued`,
  );
  byId('empty', HTMLParagraphElement).hidden = states.length > 0;
  byId('table', HTMLTableElement).hidden = states.length === 0;
  older.hidden = next === null;
}

function listen() {
  if (events !== undefined) return;
  events = new EventSource('/api/v1/events');
  events.addEventListener('run', ({ data }) => {
    showRun(JSON.parse(data));
    summarize();
  });
  events.addEventListener('removed', ({ data }) => {
    table.remove(JSON.parse(data).id);
    summarize();
  });
  events.addEventListener('open', () => {
    // What happened while there was no connection is in the list.
    if (!link.hidden) void refresh().catch(showError);
    link.hidden = true;
  });
  events.addEventListener('error', () => {
    link.hidden = false;
    // The browser comes back by itself, unless it was refused.
    if (events?.readyState !== EventSource.CLOSED) return;
    events = undefined;
    setTimeout(() => void begin().catch(showError), 2000);
  });
}

older.addEventListener('click', async () => {
  older.disabled = true;
  try {
    const page = await ask('GET', `/api/v1/runs?cursor=${encodeURIComponent(next ?? '')}`);
    for (const run of page.runs) {
      announcer.learn(run);
      table.show(run);
    }
    next = page.next;
    summarize();
  } catch (failure) {
    showError(failure);
  } finally {
    older.disabled = false;
  }
});

bindSubmitForm((run) => {
  showRun(run);
  summarize();
});
bindLogin({ onLogin: begin, onLogout: askToken });
setInterval(() => {
  if (events !== undefined && !document.hidden) void refresh().catch(showError);
}, REFRESH_MS);
await begin().catch(showError);
