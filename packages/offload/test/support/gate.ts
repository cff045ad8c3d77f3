/** Holds threads in the middle of `hold(gate.flag)` until it is opened. */
export class Gate {
  readonly flag: Int32Array = new Int32Array(new SharedArrayBuffer(8));

  /** Resolves when `count` calls are inside. */
  async entered(count: number): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (Atomics.load(this.flag, 1) < count) {
      if (performance.now() > deadline) throw new Error(`${count} calls were to be inside`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  open(): void {
    Atomics.store(this.flag, 0, 1);
    Atomics.notify(this.flag, 0);
  }
}
