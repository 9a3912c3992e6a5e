/**
 * What a statistician would hold against a policy: logistic regression with a ridge of 1 on every coefficient but
 * the intercept (the default of scikit-learn), by Newton's method. Deterministic.
 */

type Vector = readonly number[];

/** @returns the log-odds of a vector @param rows of equal length */
export function fitLogistic(rows: readonly Vector[], outcomes: readonly boolean[]): (row: Vector) => number {
  const size = (rows[0]?.length ?? 0) + 1;
  const inputs = rows.map((row) => Float64Array.of(1, ...row));
  const weights = new Float64Array(size);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const gradient = Float64Array.from(weights, (weight, i) => (i === 0 ? 0 : weight));
    const hessian = Array.from({ length: size }, (_, i) => {
      const line = new Float64Array(size);
      // The intercept has no ridge, but a grain for the case that everybody has one category.
      line[i] = i === 0 ? 1e-9 : 1;
      return line;
    });
    inputs.forEach((input, n) => {
      const likely = 1 / (1 + Math.exp(-dot(weights, input)));
      addScaled(gradient, input, likely - (outcomes[n] === true ? 1 : 0));
      const spread = likely * (1 - likely);
      input.forEach((value, i) => {
        if (value !== 0) addScaled(hessian[i], input, spread * value);
      });
    });
    const step = solve(hessian, gradient);
    addScaled(weights, step, -1);
    if (Math.max(...step.map(Math.abs)) < SMALL_STEP)
      return (row) => dot(weights, Float64Array.of(1, ...row));
  }
  throw new Error(`no optimum after ${MOST_ROUNDS} rounds`);
}

const MOST_ROUNDS = 50;
const SMALL_STEP = 1e-8;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(target: Float64Array | undefined, add: Float64Array, scale: number): void {
  if (target === undefined) return;
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] ?? 0) + scale * (add[i] ?? 0);
}

/** Solves a symmetric positive definite system by elimination, which needs no pivots there. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const lines = matrix.map((line, i) => Float64Array.of(...line, right[i] ?? 0));
  lines.forEach((line, i) => {
    for (const below of lines.slice(i + 1)) addScaled(below, line, -(below[i] ?? 0) / (line[i] ?? 1));
  });
  const solution = new Float64Array(right.length);
  for (const [i, line] of [...lines.entries()].reverse()) {
    const known = dot(solution, line.subarray(0, -1));
    solution[i] = ((line.at(-1) ?? 0) - known) / (line[i] ?? 1);
  }
  return solution;
}

export type Row = Readonly<Record<string, string>>;

/** Columns that are texts, and columns that are numbers or empty. */
export interface Columns {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

/**
 * One-hot: a 0 or 1 for every text that a column has in these rows, and for every tenth of the numbers of a column,
 * and for "empty". What these rows do not have is all zeros.
 */
export function oneHot(rows: readonly Row[], { texts, numbers }: Columns): (row: Row) => number[] {
  const edges = new Map(numbers.map((column) => [column, tenths(rows, column)]));
  const classOf = (row: Row, column: string): string => {
    const text = (row[column] ?? '').trim();
    const own = edges.get(column);
    return own === undefined || text === '' ? text : String(own.filter((edge) => edge < Number(text)).length);
  };
  const classes = [...texts, ...numbers].flatMap((column) =>
    [...new Set(rows.map((row) => classOf(row, column)))].sort().map((name) => ({ column, name })),
  );
  return (row) => classes.map(({ column, name }) => (classOf(row, column) === name ? 1 : 0));
}

/** The numbers that divide a column's into tenths; fewer where many are equal. */
function tenths(rows: readonly Row[], column: string): number[] {
  const values = rows
    .map((row) => (row[column] ?? '').trim())
    .filter((text) => text !== '')
    .map(Number)
    .sort((a, b) => a - b);
  return [
    ...new Set([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => values[Math.floor((i * values.length) / 10)] ?? 0)),
  ];
}

/** One-hot texts, and numbers as they are: less their mean, over their standard deviation; empty is the mean. */
export function standardised(rows: readonly Row[], { texts, numbers }: Columns): (row: Row) => number[] {
  const hot = oneHot(rows, { texts, numbers: [] });
  const scales = numbers.map((column) => {
    const values = rows.flatMap((row) => ((row[column] ?? '').trim() === '' ? [] : [Number(row[column])]));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { column, mean, deviation: Math.sqrt(variance) || 1 };
  });
  return (row) => [
    ...hot(row),
    ...scales.map(({ column, mean, deviation }) =>
      (row[column] ?? '').trim() === '' ? 0 : (Number(row[column]) - mean) / deviation,
    ),
  ];
}
