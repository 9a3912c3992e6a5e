import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { pointer } from '../domain/policy/fault.js';
import { type Fault, InvalidInput } from '../faults.js';
import { textFaults } from './text-faults.js';

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Output<S extends Schema> = NonNullable<S['~standard']['types']>['output'];
type Issue = NonNullable<Awaited<ReturnType<Schema['~standard']['validate']>>['issues']>[number];

/** Schemas of lists whose rows are checked one by one, so that a faulty row does not stop the others. */
export const CHECKS_ITS_ROWS = new WeakSet<Schema>();

/**
 * Checks a body, query or path against the schema of its parameter and reports every fault at once.
 * Our own instead of Nest's: that one deletes keys such as `constructor` silently, we report them.
 */
export class SchemaPipe implements PipeTransform<unknown, Promise<unknown>> {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined) return value;
    return check(schema, value === undefined && type === 'body' ? {} : value);
  }
}

/** @throws InvalidInput with every fault */
export async function check<S extends Schema>(schema: S, value: unknown): Promise<Output<S>> {
  const outcome = await checkedAs(schema, value);
  if (outcome.ok) return outcome.value;
  throw new InvalidInput(outcome.faults);
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Text first: what no schema looks for could trip whatever comes after it. */
export async function checkedAs<S extends Schema>(schema: S, value: unknown): Promise<Checked<Output<S>>> {
  const inText = CHECKS_ITS_ROWS.has(schema) ? [] : textFaults(value);
  if (inText.length > 0) return { ok: false, faults: inText };
  const result = await schema['~standard'].validate(value);
  if (result.issues !== undefined) return { ok: false, faults: result.issues.flatMap(faultsOf) };
  // What a schema gives back is its output: that is the standard's promise.
  return { ok: true, value: result.value as Output<S> };
}

/** zod reports all unknown keys of an object in one issue; a client wants to see each at its path. */
function faultsOf(issue: Issue): readonly Fault[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if ('keys' in issue && Array.isArray(issue.keys)) {
    return issue.keys.map((key) => ({
      path: pointer([...path, String(key).slice(0, 100)]),
      message: 'unknown property',
    }));
  }
  return [{ path: pointer(path), message: issue.message }];
}
