import { ask } from './api.js';
import { byId, setText } from './elements.js';

/** Lets people sign in and out. @param {{ onLogin: () => Promise<void>, onLogout: () => void }} handlers */
export function bindLogin({ onLogin, onLogout }) {
  const form = byId('login-form', HTMLFormElement);
  const error = byId('login-error', HTMLParagraphElement);
  const signOut = byId('sign-out', HTMLButtonElement);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    setText(error, '');
    try {
      await ask('POST', '/login', { json: { token: String(new FormData(form).get('token')) } });
      form.reset();
      await onLogin();
    } catch (failure) {
      setText(error, /** @type {Error} */ (failure).message);
    }
  });
  signOut.addEventListener('click', async () => {
    await ask('POST', '/logout').catch(() => undefined);
    onLogout();
  });
}
