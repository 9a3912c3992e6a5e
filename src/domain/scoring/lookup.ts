/** The record's own value under this key: a key such as `constructor` never finds what objects inherit. */
export const lookup = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
