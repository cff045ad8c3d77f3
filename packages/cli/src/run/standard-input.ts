/** What a list that comes on standard input is called on the screen. */
export const STANDARD_INPUT = 'standard input';
