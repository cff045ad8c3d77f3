/** For `assert.rejects`: the error has this code. */
export function errorCode(code: string): (error: unknown) => boolean {
  return (error) => {
    const actual = (error as { code?: unknown }).code;
    if (actual !== code) throw new Error(`expected ${code}, got ${String(actual)}`, { cause: error });
    return true;
  };
}
