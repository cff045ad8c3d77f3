/** The version of this package, as its user agent names it. */
export const VERSION = '0.1.0';
