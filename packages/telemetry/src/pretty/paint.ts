/** The styles that log lines use. */
export type Style = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'alarm';

/** Text in a style, or just the text. */
export type Paint = (style: Style, text: string) => string;

/** SGR parameters on and off (ECMA-48, 8.3.117). */
const SGR: Readonly<Record<Style, readonly [on: string, off: string]>> = {
  dim: ['2', '22'],
  bold: ['1', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  blue: ['34', '39'],
  magenta: ['35', '39'],
  cyan: ['36', '39'],
  alarm: ['41;97', '49;39'],
};

/** The variables that decide on colour. */
export interface ColourEnvironment {
  readonly FORCE_COLOR?: string | undefined;
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * Whether to use colour: `FORCE_COLOR` decides when it is set (`0` and `false` mean no), then `NO_COLOR` (https://no-color.org: any value
 * but the empty one), then whether it is a terminal that can.
 */
export function wantsColour(isTerminal: boolean, environment: ColourEnvironment): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = environment;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return isTerminal && terminal !== 'dumb';
}

/** A painter; without colour it returns the text as it is. */
export function painter(hasColour: boolean): Paint {
  if (!hasColour) return (_style, text) => text;
  return (style, text) => `\x1b[${SGR[style][0]}m${text}\x1b[${SGR[style][1]}m`;
}
