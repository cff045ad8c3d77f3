import { UsageError } from '@sluice/core';
import type { Dialect } from '../connect/database-url.ts';

/** A table: `'people'`, `'public.people'`, or its parts where a name contains a dot: `['public', 'a.b']`. */
export type TableName = string | readonly string[];

/** A name as the database takes it: always quoted, so that reserved words, capitals and any character are safe. */
export function quoteName(dialect: Dialect, name: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new UsageError(`a name in SQL must be a text that is not empty, not ${JSON.stringify(name)}`);
  }
  return dialect === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** The parts of a table's name. */
export function tableParts(table: TableName): readonly string[] {
  return typeof table === 'string' ? table.split('.') : table;
}

/** A table's name, each part quoted. */
export function quoteTable(dialect: Dialect, table: TableName): string {
  return tableParts(table)
    .map((part) => quoteName(dialect, part))
    .join('.');
}
