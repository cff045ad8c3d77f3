import type { OutcomeRecord } from '@sluice/engine/records';

const COLUMNS = [
  'key',
  'position',
  'host',
  'state',
  'class',
  'code',
  'message',
  'attempts',
  'status',
  'bodyBytes',
  'headers',
  'text',
  'bodyBase64',
  'value',
  'finishedAt',
] as const satisfies readonly (keyof OutcomeRecord)[];

/** How CSV is written. */
export interface CsvOptions {
  /**
   * Puts a `'` before text that a spreadsheet would run as a formula (OWASP, "CSV Injection"). Default false: cells
   * hold exactly what came.
   */
  readonly guardFormulas?: boolean;
}

/** The line of column names. */
export const CSV_HEAD: string = `${COLUMNS.join(',')}\r\n`;

/** An outcome as a line of CSV (RFC 4180): headers and values as JSON, what is missing as an empty cell. */
export function csvLine(record: OutcomeRecord, options: CsvOptions = {}): string {
  const cells = COLUMNS.map((column) => {
    const value = record[column];
    if (value === null || value === undefined) return '';
    if (typeof value === 'number') return String(value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return csvCell(options.guardFormulas === true ? guardFormula(text) : text);
  });
  return `${cells.join(',')}\r\n`;
}

/** A cell, in double quotes where RFC 4180 asks for them. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets run what begins with one of these, also in their full-width forms and behind white space. */
function guardFormula(text: string): string {
  return /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}
