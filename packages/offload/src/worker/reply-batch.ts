import type { Transferable } from 'node:worker_threads';
import { describeThrown } from '../errors/described-error.ts';
import { REFUSED, REPLY_FIELDS, RETURNED, type Refusal, type ReplyMessage } from '../protocol.ts';
import { transferListOf } from '../transfer.ts';

/** Sends a message to the pool. Throws when it cannot be copied; then nothing was sent. */
export type SendReply = (message: ReplyMessage, transferables: readonly Transferable[]) => void;

/** Replies that leave as one message. */
export class ReplyBatch {
  readonly #send: SendReply;
  #message: ReplyMessage = [];

  constructor(send: SendReply) {
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#message.length === 0;
  }

  add(slot: number, kind: number, detail: unknown): void {
    this.#message.push(slot, kind, detail);
  }

  flush(): void {
    if (this.isEmpty) return;
    const message = this.#message;
    this.#message = [];
    try {
      this.#send(message, transferablesIn(message));
    } catch {
      for (let at = 0; at < message.length; at += REPLY_FIELDS) this.#sendAlone(message.slice(at, at + REPLY_FIELDS));
    }
  }

  #sendAlone(reply: ReplyMessage): void {
    try {
      this.#send(reply, transferablesIn(reply));
    } catch (error) {
      const refusal: Refusal = { why: 'result', cause: describeThrown(error) };
      this.#send([reply[0], REFUSED, refusal], []);
    }
  }
}

function transferablesIn(message: ReplyMessage): readonly Transferable[] {
  const all: Transferable[] = [];
  for (let at = 0; at < message.length; at += REPLY_FIELDS) {
    const list = message[at + 1] === RETURNED ? transferListOf(message[at + 2]) : undefined;
    if (list !== undefined) all.push(...list);
  }
  return all;
}
