/**
 * A terminal of a fixed width, as far as the panel uses one: text, line ends, cursor up, erasing, showing and hiding
 * the cursor.
 */
export class Screen {
  readonly isTTY = true;
  columns: number;
  rows: number;
  isCursorShown = true;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What is on it, without trailing blank lines. */
  get text(): string {
    return this.#lines.join('\n').trimEnd();
  }

  get height(): number {
    return this.#lines.length;
  }

  write(text: string): boolean {
    for (const [, control, letter, plain] of text.matchAll(/\p{Cc}\[([?\d]*)([A-Za-z])|([\s\S])/gu)) {
      if (letter !== undefined) this.#control(letter, control!);
      else this.#put(plain!);
    }
    return true;
  }

  #control(letter: string, argument: string): void {
    if (letter === 'A') this.#row = Math.max(0, this.#row - Number(argument));
    else if (letter === 'K') this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column);
    else if (letter === 'J') {
      this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (argument === '?25') this.isCursorShown = letter === 'h';
    else if (argument !== '?2026') throw new Error(`the panel sent an unknown sequence: ${argument}${letter}`);
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else {
      const line = this.#lines[this.#row]!;
      this.#lines[this.#row] =
        line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1);
      this.#column++;
      if (this.#column > this.columns) throw new Error('the panel wrote beyond the last column');
    }
  }
}
