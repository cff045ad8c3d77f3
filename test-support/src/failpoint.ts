/**
 * Takes the place of `#failpoint` in processes that are run with `--conditions=@sluice/failpoints`: the environment variable `SLUICE_FAILPOINT` says
 * `NAME` or `NAME:N`, and the process kills itself with SIGKILL when a thread passes that point for the Nth time.
 */
const [wanted = '', count = '1'] = (process.env.SLUICE_FAILPOINT ?? '').split(':');
let left = Number(count);

export function failpoint(name: string): void {
  if (name === wanted && --left === 0) process.kill(process.pid, 'SIGKILL');
}
