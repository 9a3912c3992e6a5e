import { z } from 'zod';
import { type Fault, fault, type Path } from './fault.js';

/** What the schema itself finds wrong with a value: one fault for each place, in words of the document. */
export function schemaFaults(schema: z.ZodType, value: unknown, error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => faultsOf(schema, value, issue));
}

function faultsOf(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): Fault[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = keysAt(schema, path);
      return issue.keys.map((key) => fault([...path, key], 'there is no such setting here', allowed));
    }
    case 'invalid_value':
      return [fault(path, `${shown(value, path)} is not allowed here`, issue.values.map(String))];
    case 'invalid_key':
      return issue.issues.map(({ message }) => fault(path, `this name does not fit: ${message}`));
    case 'invalid_type':
      return [
        at(value, path) === undefined
          ? fault(path, 'is missing', keysAt(schema, path))
          : fault(path, `${shown(value, path)} is not ${article(issue.expected)}`),
      ];
    default:
      return [fault(path, `${shown(value, path)}: ${issue.message}`)];
  }
}

const article = (expected: string): string =>
  ({ int: 'a whole number', object: 'an object', record: 'an object', array: 'a list' })[expected] ??
  `a ${expected}`;

/** The value at a path, undefined where there is none. */
function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return Object.getOwnPropertyDescriptor(inner, key)?.value;
  }, value);
}

const LONGEST_SHOWN = 60;

/** A value as a message shows it: simple ones in full up to a limit, others by what they are. */
function shown(value: unknown, path: Path): string {
  const inner = at(value, path);
  if (inner === undefined) return 'nothing';
  if (Array.isArray(inner)) return 'a list';
  if (typeof inner === 'object' && inner !== null) return 'an object';
  if (typeof inner === 'number') return String(inner);
  // JSON has no text for what YAML or JSON cannot hold anyway.
  const text = typeof inner === 'bigint' ? inner.toString() : (JSON.stringify(inner) as string | undefined);
  if (text === undefined) return `a ${typeof inner}`;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** The settings that the schema knows at a path; undefined where names are free or no object is meant. */
function keysAt(schema: z.ZodType, path: Path): string[] | undefined {
  const inner = path.reduce<unknown>((outer, key) => stepInto(unwrapped(outer), key), schema);
  const object = unwrapped(inner);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : undefined;
}

const unwrapped = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;

function stepInto(schema: unknown, key: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return Object.getOwnPropertyDescriptor(schema.shape, key)?.value;
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}
