import { DatabaseError } from '../errors/database-error.ts';
import { connectionLost } from '../errors/lost-connection.ts';
import { codeOfSqlState } from '../errors/sql-state.ts';

/** The fields of PostgreSQL's ErrorResponse, as pg hands them on. */
interface ServerError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** The DatabaseError for what pg rejected with. */
export function toPostgresError(error: unknown, label: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code, message, detail, hint, where, table, column, constraint } = error as ServerError;
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return connectionLost(label, error);
  const kind = codeOfSqlState(code);
  if (kind === 'SLUICE_DB_CONNECTION_LOST') return connectionLost(label, error);
  const additions = [detail, hint].filter((text) => text !== undefined && text !== '').join('; ');
  return new DatabaseError(additions === '' ? message : `${message} (${additions})`, {
    code: kind,
    cause: error,
    sqlState: code,
    nativeCode: code,
    constraint,
    table,
    column,
    detail,
    batchRow: rowOfCopy(where),
  });
}

/** COPY names the line in its context: "COPY people, line 3, column age". */
function rowOfCopy(where: string | undefined): number | undefined {
  const line = where === undefined ? null : /^COPY .*?, line (\d+)/m.exec(where);
  return line === null ? undefined : Number(line[1]) - 1;
}
