export { type ObserveOptions, observeSessions } from './observe-sessions.ts';
