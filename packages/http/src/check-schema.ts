import { UsageError } from '@sluice/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Why a value is not what its schema says. */
export class SchemaFailure extends Error {
  readonly issues: readonly StandardSchemaV1.Issue[];

  constructor(issues: readonly StandardSchemaV1.Issue[]) {
    super(issues.map(shownIssue).join('; '));
    this.issues = issues;
  }
}

/**
 * The value as a Standard Schema (zod, valibot, arktype …) makes it.
 *
 * @throws SchemaFailure when it does not fit; UsageError for a schema that answers later.
 */
export function checkSchema<S extends StandardSchemaV1>(schema: S, value: unknown): StandardSchemaV1.InferOutput<S> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    throw new UsageError(
      "this schema checks asynchronously: await schema['~standard'].validate(reply.json()) yourself",
    );
  }
  if (result.issues !== undefined) throw new SchemaFailure(result.issues);
  return result.value as StandardSchemaV1.InferOutput<S>;
}

function shownIssue({ message, path = [] }: StandardSchemaV1.Issue): string {
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return where === '' ? message : `${where}: ${message}`;
}
