import type { IncomingMessage } from 'node:http';

/** A server-sent event. */
export interface ServerEvent {
  readonly id?: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  readonly data: any;
}

/** The events of a stream, parsed as a browser does (HTML Standard, 9.2.6). */
export async function* readEvents(response: IncomingMessage): AsyncGenerator<ServerEvent, void, undefined> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    text += part;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.event === undefined) continue;
      yield { ...fields, event: fields.event, data: JSON.parse(fields.data!) };
    }
  }
}
