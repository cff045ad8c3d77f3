import type { Connection as Client } from 'mysql2';
import type { ServerTarget } from '../connect/database-url.ts';
import { openClient } from './open-client.ts';
import { socketOf } from './socket-of.ts';

/**
 * Ends statements from beside: `KILL QUERY` needs a connection of its own, because the one that runs the statement takes no other.
 * It is opened at the first cancel and kept.
 */
export class Killer {
  readonly #target: ServerTarget;
  readonly #applicationName: string;
  #client: Promise<Client> | undefined;

  constructor(target: ServerTarget, applicationName: string) {
    this.#target = target;
    this.#applicationName = applicationName;
  }

  /** Ends the statement of that connection; the connection stays. */
  async killQuery(threadId: number): Promise<void> {
    const client = await this.#open();
    await new Promise<void>((resolve, reject) => {
      client.query(`kill query ${threadId}`, (error) => {
        if (error === null) resolve();
        else {
          this.#forget(client);
          reject(error);
        }
      });
    });
  }

  async close(): Promise<void> {
    const opening = this.#client;
    this.#client = undefined;
    const client = await opening?.catch(() => undefined);
    client?.destroy();
  }

  #open(): Promise<Client> {
    if (this.#client === undefined) {
      const opening = openClient(this.#target, `${this.#applicationName} (cancel)`).ready;
      this.#client = opening;
      opening.then(
        (client) => socketOf(client).once('close', () => this.#drop(opening)),
        () => this.#drop(opening),
      );
    }
    return this.#client;
  }

  #drop(opening: Promise<Client>): void {
    if (this.#client === opening) this.#client = undefined;
  }

  #forget(client: Client): void {
    this.#client = undefined;
    client.destroy();
  }
}
