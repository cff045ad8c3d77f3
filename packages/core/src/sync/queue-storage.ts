/** Where a queue keeps its items: what it gives back first is the queue's order. */
export interface QueueStorage<T> {
  readonly length: number;
  push(item: T): void;
  /** Takes the item whose turn it is. Only called while `length > 0`. */
  shift(): T;
  clear(): void;
}
