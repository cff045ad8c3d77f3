import type { Socket } from 'node:net';
import type { Connection as Client } from 'mysql2';

/** The socket of a client, which mysql2 has and its types do not name. */
export function socketOf(client: Client): Socket {
  return (client as unknown as { readonly stream: Socket }).stream;
}
