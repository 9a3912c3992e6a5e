/** One thing that is wrong with a policy. */
export interface Fault {
  /** JSON Pointer (RFC 6901) into the document, such as `/scoring/fit/3/group`; empty for the whole of it. */
  readonly path: string;
  /** What is wrong, with the value, and what would be right. */
  readonly message: string;
  /** The values that could stand there, where these can be listed. */
  readonly allowed?: readonly string[];
}

export type Path = readonly PropertyKey[];

/** A path as a JSON Pointer. */
export const pointer = (path: Path): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export function fault(path: Path, message: string, allowed?: readonly string[]): Fault {
  return { path: pointer(path), message, ...(allowed === undefined ? {} : { allowed }) };
}

/** A fault for every element of a list that stands in it for the second time. */
export function repeated(path: Path, list: readonly string[]): Fault[] {
  return list.flatMap((value, i) => {
    const first = list.indexOf(value);
    return first < i ? [fault([...path, i], `"${value}" is in this list twice: also at ${first}`)] : [];
  });
}
