/** Something that must hold whatever happened, and where it did not. */
export interface Invariant {
  readonly says: string;
  /** How many things were looked at. */
  readonly checked: number;
  /** Where it does not hold, in words; empty: it holds. */
  readonly violations: readonly string[];
  /** Why it was not looked at; null: it was. */
  readonly skipped: string | null;
}

export const invariant = (says: string, checked: number, violations: readonly string[]): Invariant => ({
  says,
  checked,
  violations,
  skipped: null,
});

export const skipped = (says: string, why: string): Invariant => ({
  says,
  checked: 0,
  violations: [],
  skipped: why,
});
