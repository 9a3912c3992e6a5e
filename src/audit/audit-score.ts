import { canonical } from '../domain/canonical.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { emptyScore, foldEntries, foldLedger } from '../domain/scoring/fold.js';
import { readScore } from '../domain/scoring/read.js';
import type { ScoreEntry, ScoreReading, ScoreState } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import { GENESIS } from '../journal/chain.js';
import { scoreEntryBytes } from '../leads/score-store.js';
import { auditHash } from './audit-link.js';
import type { Difference } from './finding.js';
import { firstDifference } from './first-difference.js';
import type { StoredEntry, StoredScore } from './lead-records.js';

/** The ledger's own chain: every entry there, linked, unchanged; the head is the one that is cached. */
export function auditLedger(
  lead: string,
  entries: readonly StoredEntry[],
  score: StoredScore | null,
): Difference | null {
  let head = GENESIS;
  for (const [i, entry] of entries.entries()) {
    if (entry.n !== i + 1) return missing(i + 1, `entry ${entry.n}`);
    const broken = auditHash('score entry', entry.n, head, scoreEntryBytes(lead, plain(entry)), entry);
    if (broken !== null) return broken;
    head = entry.hash;
  }
  if (score !== null && score.version > entries.length)
    return missing(entries.length + 1, 'the end of the ledger');
  const cached = score?.headHash ?? GENESIS;
  if (cached === head) return null;
  const seq = entries.length;
  return {
    seq,
    kind: 'head_differs',
    what: 'newest hash of the score ledger',
    expected: head,
    found: cached,
  };
}

/** The cached fold of a sound ledger. */
export function auditScoreState(
  entries: readonly StoredEntry[],
  score: StoredScore | null,
  { scoring }: Policy,
): Difference | null {
  const { version, sums, lastEventAt } = foldLedger(entries, scoring);
  const cached = score ?? { version: 0, sums: canonical({}), lastEventAt: null };
  const difference = firstDifference(
    { version, sums: canonical(sums), lastEventAt },
    { version: cached.version, sums: cached.sums, lastEventAt: cached.lastEventAt },
  );
  if (difference === null) return null;
  const { path, expected, found } = difference;
  return { seq: version, kind: 'score_state_differs', what: `cached score ${path}`, expected, found };
}

/** Reads the score as it was known at a version of the ledger; cheap when versions only grow. */
export class ScoreHistory {
  #state: ScoreState = emptyScore;
  #policy = '';

  constructor(private readonly entries: readonly StoredEntry[]) {}

  /** @param hash of the policy, so that sums of another policy are not read with this one */
  read(version: number, at: Instant, hash: string, { scoring }: Policy): ScoreReading {
    if (hash !== this.#policy || version < this.#state.version) {
      this.#state = emptyScore;
      this.#policy = hash;
    }
    this.#state = foldEntries(this.#state, this.entries.slice(this.#state.version, version), scoring);
    return readScore(this.#state, at, scoring);
  }
}

const missing = (n: number, found: string): Difference => ({
  seq: n,
  kind: 'score_entry_missing',
  what: 'score ledger',
  expected: `entry ${n}`,
  found,
});

const plain = ({ n, rule, group, micro, occurred, recorded, cause, reverses }: StoredEntry): ScoreEntry => ({
  n,
  rule,
  group,
  micro,
  occurred,
  recorded,
  cause,
  reverses,
});
