import { CommandError } from '../command-error.ts';

/** The headers of a run: what is sent, and what may be written down. */
export interface RunHeaders {
  /** Name to value, with the secrets in their places. */
  readonly sent: Readonly<Record<string, string>>;
  /** Name to value as the user wrote it: a secret is still its `env:NAME`. */
  readonly written: Readonly<Record<string, string>>;
}

/** Headers whose value is a secret by its name. */
const SECRET: RegExp = /^(proxy-)?authorization$|^cookie$|api-?key|secret|token|password/i;
const NAME: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const REFERENCE: RegExp = /(^|\s)env:([A-Za-z_][A-Za-z0-9_]*)/g;

/**
 * Headers from `Name: value` texts. A word `env:NAME` in a value stands for that variable of the environment; a header
 * that carries a secret must be given so, because command lines are seen by every user of the machine and kept in the
 * shell's history.
 *
 * @throws CommandError `SLUICE_CLI_OPTION` for a text that is no header or a variable that is not set,
 * `SLUICE_CLI_SECRET` for a secret in plain text.
 */
export function parseHeaders(texts: readonly string[], env: Readonly<Record<string, string | undefined>>): RunHeaders {
  const sent = new Map<string, string>();
  const written = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = splitHeader(text);
    const key = name.toLowerCase();
    if (SECRET.test(key) && !new RegExp(REFERENCE).test(value)) {
      throw new CommandError(
        'SLUICE_CLI_SECRET',
        `the header ${name} is a secret: put its value into a variable of the environment, and write --header '${name}: env:VARIABLE'`,
      );
    }
    written.set(key, value);
    sent.set(
      key,
      value.replace(REFERENCE, (_, space: string, variable: string) => space + lookUp(variable, name, env)),
    );
  }
  return { sent: Object.fromEntries(sent), written: Object.fromEntries([...written].sort()) };
}

/** What was written may be a secret: an error never repeats it. */
function splitHeader(text: string): [name: string, value: string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  const value = text.slice(colon + 1).trim();
  if (!NAME.test(name)) {
    throw new CommandError('SLUICE_CLI_OPTION', "a value of --header is no header: write --header 'Name: value'");
  }
  if (/[\0\r\n]/.test(value)) {
    throw new CommandError('SLUICE_CLI_OPTION', `the header ${name} holds a line break: headers are one line`);
  }
  return [name, value];
}

function lookUp(variable: string, header: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[variable];
  if (value !== undefined && value !== '') return value.trim();
  throw new CommandError(
    'SLUICE_CLI_OPTION',
    `the header ${header} takes its value from the variable ${variable}, which is not set: set it, and export it`,
  );
}
