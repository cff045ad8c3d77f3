import { styleText } from 'node:util';

/** How a piece of text looks. */
export type Style = 'plain' | 'strong' | 'faint' | 'good' | 'warn' | 'bad' | 'accent';

/** Colours a text, or leaves it as it is. */
export type Paint = (text: string, style: Style) => string;

const FORMATS = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  accent: 'cyan',
} as const;

/** Leaves every text as it is. */
export const noPaint: Paint = (text) => text;

const colours: Paint = (text, style) =>
  style === 'plain' ? text : styleText(FORMATS[style], text, { validateStream: false });

/** What decides about colours. */
export interface ColourSetting {
  readonly isTTY?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The paint for a stream: colours on a terminal, none elsewhere. `FORCE_COLOR` asks for them anywhere (`0` and `false`
 * refuse them), a `NO_COLOR` that is not empty refuses them (no-color.org); the first wins.
 */
export function createPaint({ isTTY = false, env }: ColourSetting): Paint {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = env;
  if (force !== undefined) return force === '0' || force === 'false' ? noPaint : colours;
  if (none !== undefined && none !== '') return noPaint;
  return isTTY && terminal !== 'dumb' ? colours : noPaint;
}
