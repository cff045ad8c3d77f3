/** Ends this process at once, with everything that it started. */
export function endOwnGroup(): void {
  process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
}
