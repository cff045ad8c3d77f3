import { Readable } from 'node:stream';
import type { Connection as Client, FieldPacket, QueryError, QueryOptions, ResultSetHeader } from 'mysql2';
import type { ServerTarget } from '../connect/database-url.ts';
import type { Connection, Cursor, Row, StatementResult } from '../connection/connection.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { Opening } from '../pool/pool.ts';
import type { Killer } from './killer.ts';
import { MysqlCursor } from './mysql-cursor.ts';
import { toMysqlError } from './mysql-error.ts';
import { mysqlAddress, openClient } from './open-client.ts';
import { exactNumbers, restoreBigIntegers, toMysqlParameter } from './parameters.ts';
import { socketOf } from './socket-of.ts';

const SERVER_STATUS_IN_TRANS = 1;
const QUERY_INTERRUPTED = 1317;
/** Packets of LOAD DATA LOCAL: small enough for every server's max_allowed_packet. */
const INFILE_CHUNK_BYTES = 65_536;

type Answer = Row[] | ResultSetHeader;

/** A MySQL or MariaDB connection on mysql2's client. */
export class MysqlConnection implements Connection {
  readonly dialect = 'mysql';
  readonly label: string;
  readonly #client: Client;
  readonly #killer: Killer;
  #isAlive = true;
  #hasOpenTransaction = false;

  private constructor(client: Client, label: string, killer: Killer) {
    this.#client = client;
    this.#killer = killer;
    this.label = label;
    const end = (): void => {
      this.#isAlive = false;
    };
    client.on('error', end);
    client.on('end', end);
    socketOf(client).once('close', end);
  }

  /** Begins to open a connection. */
  static open(target: ServerTarget, applicationName: string, killer: Killer): Opening {
    const { client, ready } = openClient(target, applicationName);
    const label = mysqlLabel(target);
    return { ready: ready.then(() => new MysqlConnection(client, label, killer)), abort: () => client.destroy() };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get hasOpenTransaction(): boolean {
    return this.#hasOpenTransaction;
  }

  /** The server's number of this connection, as SHOW PROCESSLIST shows it. */
  get threadId(): number {
    return this.#client.threadId;
  }

  /** With parameters as a prepared statement, else as plain text: some statements cannot be prepared. */
  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    return this.#call((done) => {
      if (parameters.length === 0) this.#client.query<never>({ sql, typeCast: exactNumbers }, done);
      else this.#client.execute<never>(sql, parameters.map(toMysqlParameter) as string[], done);
    });
  }

  openCursor(sql: string, parameters: readonly unknown[], pageRows: number): Cursor {
    const command =
      parameters.length === 0
        ? this.#client.query({ sql, typeCast: exactNumbers })
        : this.#client.execute(sql, parameters.map(toMysqlParameter) as string[]);
    return new MysqlCursor(
      this.#client,
      command,
      pageRows,
      () => this.interrupt(),
      (error) => this.#failed(error),
    );
  }

  /** Runs one `LOAD DATA LOCAL INFILE` with its data; what the server says of it. */
  loadData(statement: string, data: Buffer): Promise<StatementResult> {
    const options: QueryOptions = { sql: statement, infileStreamFactory: () => Readable.from(chunksOf(data)) };
    return this.#call((done) => this.#client.query<never>(options, done));
  }

  interrupt(): Promise<void> {
    return this.#killer.killQuery(this.threadId);
  }

  async verify(): Promise<void> {
    try {
      await this.run('do 0', []);
    } catch (error) {
      // A KILL that arrived after its statement had ended hits the next one: this.
      if ((error as DatabaseError).nativeCode !== QUERY_INTERRUPTED) throw error;
      await this.run('do 0', []);
    }
    if (!this.#hasOpenTransaction) return;
    throw new DatabaseError(`a transaction was left open on a connection to ${this.label}`, {
      code: 'SLUICE_DB_TRANSACTION_ABORTED',
    });
  }

  close(): Promise<void> {
    this.#isAlive = false;
    return new Promise((resolve) => {
      socketOf(this.#client).once('close', () => resolve());
      this.#client.end(() => this.#client.destroy());
    });
  }

  destroy(): void {
    this.#isAlive = false;
    socketOf(this.#client).destroy();
  }

  #call(
    start: (done: (error: QueryError | null, answer: never, fields: FieldPacket[]) => void) => void,
  ): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      start((error, answer, fields) => {
        if (error === null) resolve(this.#toResult(answer, fields));
        else reject(this.#failed(error));
      });
    });
  }

  #toResult(answer: Answer, fields: readonly FieldPacket[]): StatementResult {
    if (Array.isArray(answer)) {
      return { rows: restoreBigIntegers(answer, fields), rowsAffected: answer.length, insertId: undefined, info: '' };
    }
    this.#hasOpenTransaction = (answer.serverStatus & SERVER_STATUS_IN_TRANS) !== 0;
    const insertId = answer.insertId === 0 ? undefined : answer.insertId;
    return { rows: [], rowsAffected: answer.affectedRows, insertId, info: answer.info };
  }

  #failed(error: unknown): DatabaseError {
    const failure = toMysqlError(error, this.label);
    // A deadlock rolls back the whole transaction; what came after would be committed statement by statement.
    if (failure.code === 'SLUICE_DB_DEADLOCK') this.#hasOpenTransaction = false;
    // The driver tells its statements before the socket says 'close': a statement of somebody else must not come between.
    if (failure.code === 'SLUICE_DB_CONNECTION_LOST') this.destroy();
    return failure;
  }
}

/** How messages name the server. */
export function mysqlLabel(target: ServerTarget): string {
  return `MySQL at ${mysqlAddress(target)}`;
}

function* chunksOf(data: Buffer): Generator<Buffer, void, undefined> {
  for (let start = 0; start < data.length; start += INFILE_CHUNK_BYTES) {
    yield data.subarray(start, start + INFILE_CHUNK_BYTES);
  }
}
