/**
 * A sum in the smallest unit of its currency: `12.5` EUR is 1250, `12` JPY is 12. Null when it is no such sum: below
 * zero, finer than the currency, or of a currency that nobody knows.
 */
export function smallestUnits(amount: number, currency: string): number | null {
  if (!CURRENCIES.has(currency) || !(amount >= 0)) return null;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const exact = amount * 10 ** maximumFractionDigits;
  const units = Math.round(exact);
  // Binary fractions: 19.99 * 100 is 1998.9999999999998.
  return Math.abs(exact - units) < 1e-6 * Math.max(1, units) && Number.isSafeInteger(units) ? units : null;
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
