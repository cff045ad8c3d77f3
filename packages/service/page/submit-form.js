import { ask } from './api.js';
import { byId, setText } from './elements.js';

const MAX_INLINE_URLS = 10_000;
const MAX_INLINE_CHARACTERS = 500_000;

/** Lets the form submit runs. @param {(run: import('./api.js').Run) => void} onSubmitted */
export function bindSubmitForm(onSubmitted) {
  const form = byId('submit-form', HTMLFormElement);
  const error = byId('submit-error', HTMLParagraphElement);
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'));
  let key = newKey();
  // Another form is another run; the same one, sent again after an error, is the same.
  form.addEventListener('input', () => {
    key = newKey();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    setText(error, '');
    try {
      const json = await submissionOf(new FormData(form));
      onSubmitted(await ask('POST', '/api/v1/runs', { json, headers: { 'idempotency-key': key } }));
      form.reset();
      key = newKey();
    } catch (failure) {
      setText(error, readable(/** @type {Error} */ (failure).message));
    } finally {
      button.disabled = false;
    }
  });
}

/** @param {FormData} data */
async function submissionOf(data) {
  const text = String(data.get('urls'));
  const urls = text.split('\n').map((line) => line.trim());
  const items = urls.filter((line) => line !== '' && !line.startsWith('#'));
  const isLong = items.length > MAX_INLINE_URLS || text.length > MAX_INLINE_CHARACTERS;
  const list = isLong ? await ask('POST', '/api/v1/lists', { text }) : undefined;
  const timeout = numberIn(data, 'timeout');
  return {
    verb: 'fetch',
    ...(list === undefined ? { urls: items } : { list: list.id }),
    concurrency: numberIn(data, 'concurrency'),
    perHost: numberIn(data, 'perHost'),
    timeout: timeout === undefined ? undefined : `${timeout}s`,
    retries: numberIn(data, 'retries'),
  };
}

/** @param {FormData} data @param {string} name */
function numberIn(data, name) {
  const text = String(data.get(name) ?? '');
  return text === '' ? undefined : Number(text);
}

/** The place of a URL in the request, as its place in the list. @param {string} message */
function readable(message) {
  return message
    .replace(/^Body\/urls\/(\d+):/, (_match, index) => `URL ${Number(index) + 1}`)
    .replace(/^Body\/urls:/, 'The list:');
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}
