/** What waits for a time. It keeps its own place: -1 is "not in the heap". */
export interface TimedEntry {
  readyAt: number;
  heapIndex: number;
}

/** A binary heap by {@link TimedEntry.readyAt}: adding, moving and removing cost O(log n). */
export class ReadyHeap<E extends TimedEntry> {
  readonly #entries: E[] = [];

  get size(): number {
    return this.#entries.length;
  }

  peek(): E | undefined {
    return this.#entries[0];
  }

  /** Adds an entry, or moves it when it is there already. */
  set(entry: E, readyAt: number): void {
    entry.readyAt = readyAt;
    if (entry.heapIndex < 0) {
      entry.heapIndex = this.#entries.length;
      this.#entries.push(entry);
    }
    this.#up(entry.heapIndex);
    this.#down(entry.heapIndex);
  }

  remove(entry: E): void {
    const index = entry.heapIndex;
    if (index < 0) return;
    entry.heapIndex = -1;
    const last = this.#entries.pop()!;
    if (last === entry) return;
    this.#entries[index] = last;
    last.heapIndex = index;
    this.#up(index);
    this.#down(last.heapIndex);
  }

  #up(from: number): void {
    let index = from;
    const entry = this.#entries[index]!;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#entries[parentIndex]!;
      if (parent.readyAt <= entry.readyAt) break;
      this.#entries[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }

  #down(from: number): void {
    let index = from;
    const entry = this.#entries[index]!;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = this.#entries[childIndex];
      if (child === undefined) break;
      const right = this.#entries[childIndex + 1];
      if (right !== undefined && right.readyAt < child.readyAt) {
        child = right;
        childIndex++;
      }
      if (child.readyAt >= entry.readyAt) break;
      this.#entries[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }
}
