/**
 * The two sizes of a test: `npm test` uses the small one, `npm run proof` the full figure an issue asks for.
 *
 * @example fc.assert(property, { numRuns: size(100, 10_000) });
 */
export function size<T>(small: T, full: T): T {
  return process.env.BATON_PROOF === 'full' ? full : small;
}
