export type { BulkCount } from './bulk/batch-settler.ts';
export type { BulkRow } from './bulk/batch-writer.ts';
export type { BadRow } from './bulk/batcher.ts';
export { type BulkWriteOptions, bulkWrite } from './bulk/bulk-write.ts';
export { type ConnectOptions, connect } from './connect/connect.ts';
export type { Dialect } from './connect/database-url.ts';
export type {
  Database,
  ExecuteResult,
  Isolation,
  Queryable,
  StreamOptions,
  Transaction,
  TransactionOptions,
} from './database.ts';
export { DatabaseError, type DatabaseErrorCode, type DatabaseErrorDetails } from './errors/database-error.ts';
export type { PoolStatistics } from './pool/pool.ts';
export { type Sink, type SinkOptions, type SinkRow, to } from './sink/to.ts';
export type { TableName } from './sql/quote.ts';
export { Sql, sql } from './sql/sql.ts';
