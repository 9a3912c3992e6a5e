/** How well a score tells leads that convert from those that do not. */

export interface Judged {
  /** Breaks ties between equal scores, and knows nothing of the outcome. */
  readonly id: number;
  readonly score: number;
  readonly converted: boolean;
}

/**
 * The area under the ROC curve by ranks (Mann–Whitney): how often a lead that converted scores above one that did
 * not, equal scores counting half. 0.5 is chance. NaN where all or none converted.
 */
export function auc(leads: readonly Judged[]): number {
  const sorted = [...leads].sort((a, b) => a.score - b.score);
  let [ranks, positives] = [0, 0];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to += 1;
    const converted = sorted.slice(from, to).filter((lead) => lead.converted).length;
    ranks += (converted * (from + 1 + to)) / 2;
    positives += converted;
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (leads.length - positives));
}

/** The share that converted in each tenth of the leads, from the lowest scores to the highest. */
export function conversionByDecile(leads: readonly Judged[]): number[] {
  const sorted = [...leads].sort((a, b) => a.score - b.score || a.id - b.id);
  return Array.from({ length: 10 }, (_, i) => {
    const tenth = sorted.slice(
      Math.round((i * sorted.length) / 10),
      Math.round(((i + 1) * sorted.length) / 10),
    );
    return tenth.filter(({ converted }) => converted).length / tenth.length;
  });
}

/** How many of these do not rise over the one before; equal ones do not. */
export const inversions = (shares: readonly number[]): number =>
  shares.filter((share, i) => i > 0 && share <= (shares[i - 1] ?? 0)).length;
