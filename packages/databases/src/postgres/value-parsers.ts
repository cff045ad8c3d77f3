import pg from 'pg';

type Parser = (text: string) => unknown;

const safeInteger: Parser = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};

/** `2024-05-06 07:08:09.123456`: a time without a zone is read as UTC, on every machine the same. */
const utcTimestamp: Parser = (text) => {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '-infinity') return Number.NEGATIVE_INFINITY;
  return (pg.types.getTypeParser(1184) as Parser)(text.endsWith(' BC') ? `${text.slice(0, -3)}+00 BC` : `${text}+00`);
};

const asText: Parser = (text) => text;

/** What pg-types has; its own types tell of another version. */
const arrayParser = pg.types.arrayParser as unknown as { create(text: string, parse: Parser): { parse(): unknown[] } };

function arrayOf(parse: Parser): Parser {
  return (text) => arrayParser.create(text, parse).parse();
}

/** Where we differ from pg: by the type's oid. */
const PARSERS: ReadonlyMap<number, Parser> = new Map([
  [20, safeInteger],
  [1016, arrayOf(safeInteger)],
  [1114, utcTimestamp],
  [1115, arrayOf(utcTimestamp)],
  [1082, asText],
  [1182, arrayOf(asText)],
]);

/** pg's `types` option: integers that lose nothing, dates as text, times in UTC. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** A parameter as PostgreSQL takes it. pg would write a Date in the machine's own zone. */
export function toPostgresParameter(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toPostgresParameter);
  return value;
}
