import type { MessagePort } from 'node:worker_threads';
import type { AttemptReport } from '../run/attempt-report.ts';
import type { FromLoop, LoopBatch } from './messages.ts';
import { packReport } from './report-pack.ts';

/** What a loop tells, collected until the end of its turn; the bodies of all reports travel as one block that is handed over, not copied. */
export class LoopOutbox {
  readonly #port: MessagePort;
  #messages: FromLoop[] = [];
  #bodies: Uint8Array[] = [];
  #bytes = 0;
  #turn: NodeJS.Immediate | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  post(message: FromLoop): void {
    this.#messages.push(message);
    this.#turn ??= setImmediate(() => this.flush());
  }

  ended(call: number, report: AttemptReport | undefined): void {
    const body = report?.result?.body ?? undefined;
    if (body !== undefined) {
      this.#bodies.push(body);
      this.#bytes += body.length;
    }
    this.post({ kind: 'ended', call, report: report === undefined ? undefined : packReport(report) });
  }

  flush(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    if (this.#messages.length === 0) return;
    const bytes = this.#bytes === 0 ? undefined : this.#joined();
    const batch: LoopBatch = { messages: this.#messages, bytes };
    this.#messages = [];
    this.#bodies = [];
    this.#bytes = 0;
    this.#port.postMessage(batch, bytes === undefined ? [] : [bytes]);
  }

  #joined(): ArrayBuffer {
    const joined = new Uint8Array(this.#bytes);
    let at = 0;
    for (const body of this.#bodies) {
      joined.set(body, at);
      at += body.length;
    }
    return joined.buffer;
  }
}
