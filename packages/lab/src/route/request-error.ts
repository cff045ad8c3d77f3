/** Thrown by a route that refuses a request; the dispatcher answers with `status` and the message as JSON. */
export class RequestError extends Error {
  override readonly name: string = 'RequestError';
  readonly status: number;
  /** Headers of the answer, a flat list of names and values. */
  readonly headers: readonly string[];

  constructor(status: number, message: string, headers: readonly string[] = []) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
