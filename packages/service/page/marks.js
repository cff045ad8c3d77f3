/** A sign and a tone: what differs by colour differs by shape too. @typedef {{ mark: string, tone: string }} Mark */

/** @type {Record<import('./api.js').State, Mark & { text: string }>} */
export const STATES = {
  queued: { mark: '◷', tone: 'pause', text: 'Queued' },
  running: { mark: '▶', tone: 'accent', text: 'Running' },
  draining: { mark: '◐', tone: 'accent', text: 'Stopping' },
  stopped: { mark: '❙❙', tone: 'own', text: 'Stopped' },
  interrupted: { mark: '⚡︎', tone: 'own', text: 'Interrupted' },
  complete: { mark: '✔', tone: 'good', text: 'Complete' },
  failed: { mark: '✖', tone: 'refused', text: 'Failed' },
  unreadable: { mark: '✖', tone: 'refused', text: 'Unreadable' },
};

/** @type {Record<string, Mark>} */
const CLASSES = {
  ok: { mark: '●', tone: 'good' },
  throttled: { mark: '◐', tone: 'own' },
  client: { mark: '■', tone: 'refused' },
  policy: { mark: '■', tone: 'refused' },
  input: { mark: '■', tone: 'refused' },
  tls: { mark: '■', tone: 'refused' },
  'in-doubt': { mark: '?', tone: 'doubt' },
  step: { mark: '◆', tone: 'own' },
  sink: { mark: '◆', tone: 'own' },
  local: { mark: '◆', tone: 'own' },
  internal: { mark: '◆', tone: 'own' },
  cancelled: { mark: '○', tone: 'pause' },
};

/** Classes that say that the server or the way to it failed have a triangle. @param {string} name @returns {Mark} */
export function classMark(name) {
  return CLASSES[name] ?? { mark: '▲', tone: 'server' };
}
