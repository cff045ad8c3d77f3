export function never(): void {}

throw new SyntaxError('the tables are missing');
