import { cleanFields, type LogFields } from './ambient-fields.ts';

/** The clean fields of a logger, which every line of it carries, and their text, made once. */
export class BoundFields {
  readonly fields: LogFields;
  /** As the inside of a JSON object, `,"a":1`; empty for none. */
  readonly text: string;

  private constructor(fields: LogFields) {
    this.fields = fields;
    const text = JSON.stringify(fields).slice(1, -1);
    this.text = text === '' ? '' : `,${text}`;
  }

  /** Makes fields clean, on top of others. */
  static of(fields: LogFields, below?: BoundFields): BoundFields {
    return new BoundFields(cleanFields(below?.fields, fields));
  }

  get isEmpty(): boolean {
    return this.text === '';
  }

  has(name: string): boolean {
    return !this.isEmpty && Object.hasOwn(this.fields, name);
  }
}
