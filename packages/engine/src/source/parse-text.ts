import { EngineError } from '../errors.ts';
import { NO_TEXT } from './item-source.ts';

/** A line as the ledger kept it. @throws EngineError when nothing of it was kept */
export function parseText(text: string): string {
  if (text !== NO_TEXT) return text;
  const message = 'nothing of the line could be kept: correct the list and begin a new run';
  throw new EngineError('SLUICE_INPUT_LOST', message, { outcomeClass: 'input' });
}

/** The JSON value that a text is. @throws EngineError when it is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(parseText(text)) as unknown;
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('SLUICE_INPUT_JSON', `no JSON value: ${(cause as Error).message}`, {
      cause,
      outcomeClass: 'input',
    });
  }
}
