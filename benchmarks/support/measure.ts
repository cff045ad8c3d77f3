/** What one contender's process prints at its end. */
export interface Measured {
  readonly items: number;
  readonly ok: number;
  readonly seconds: number;
  /** User and system time of the whole process, all threads. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Runs `work` once and prints what it cost. `work` answers how many items ended well, and may say itself how long they took. */
export async function measure(
  items: number,
  work: () => Promise<number | { readonly ok: number; readonly seconds: number }>,
): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const begunAt = performance.now();
  const answer = await work();
  const wallSeconds = (performance.now() - begunAt) / 1000;
  const { ok, seconds } = typeof answer === 'number' ? { ok: answer, seconds: wallSeconds } : answer;
  const cpu = process.cpuUsage(cpuBefore);
  const measured: Measured = {
    items,
    ok,
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}
