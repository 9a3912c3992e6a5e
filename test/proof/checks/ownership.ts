import type { Row } from '../../../src/domain/journey/row.js';
import type { Transition } from '../../../src/domain/journey/transitions.js';
import { type LeadRecord, type Violation, violation } from './records.js';

const OWNED = 'no lead is owned twice';

/** Whom a lead is with, by a fold of its own: it must not inherit a fault of the product's. */
export interface Possession {
  readonly stage: string | null;
  readonly owners: Readonly<Record<'sdr' | 'ae', string | null>>;
  /** Number of the newest hand-off. */
  readonly handOffs: number;
  readonly offer: { readonly kind: 'sdr' | 'ae'; readonly rep: string | null } | null;
  /** Hand-offs that somebody has accepted. */
  readonly taken: readonly number[];
}

const NOBODY: Possession = {
  stage: null,
  owners: { sdr: null, ae: null },
  handOffs: 0,
  offer: null,
  taken: [],
};

/** Inputs that may give an owned lead to another owner at once. */
const HAND_OVER: readonly string[] = ['reassign', 'history_recorded'];
const WORKED: readonly (string | null)[] = ['sal', 'sql', 'opportunity'];

/** At every row at most one rep for each role; the assignment table is what the journal says. */
export function checkOwnership({ id, rows, assignments }: LeadRecord): Violation[] {
  const violations: Violation[] = [];
  let possession = NOBODY;
  for (const row of rows) {
    for (const transition of transitionsOf(row)) {
      const wrong = faultOf(possession, transition, row);
      if (wrong !== null)
        violations.push(violation(OWNED, id, `row ${row.seq} (${row.input.kind}): ${wrong}`));
      possession = follow(possession, transition);
    }
  }
  const [folded, stored] = [
    holdersOf(possession),
    assignments.map(({ rep, role }) => `${rep} as ${role}`).sort(),
  ];
  if (folded.join() !== stored.join()) {
    const what = `the journal gives it to ${folded.join(', ') || 'nobody'}, the assignments to ${stored.join(', ') || 'nobody'}`;
    violations.push(violation(OWNED, id, what));
  }
  return violations;
}

/** Where a lead stood after the row `seq`. */
export function possessionAt(rows: readonly Row[], seq: number): Possession {
  return rows
    .filter((row) => row.seq <= seq)
    .flatMap(transitionsOf)
    .reduce(follow, NOBODY);
}

export const transitionsOf = ({ result }: Row): readonly Transition[] =>
  'transitions' in result ? result.transitions : [];

function faultOf(
  { owners, offer, handOffs, taken }: Possession,
  transition: Transition,
  { input }: Row,
): string | null {
  switch (transition.type) {
    case 'hand_off_opened':
      return offer?.rep == null ? null : `opens a hand-off while ${offer.rep} still has the one before`;
    case 'hand_off_moved': {
      if (offer === null) return 'moves a hand-off that is not open';
      const { rep } = transition;
      if (rep === null || offer.rep === null || offer.rep === rep) return null;
      return `gives it to ${rep} while ${offer.rep} has it`;
    }
    case 'owner_set': {
      const { role, rep } = transition;
      const owner = owners[role];
      if (rep === null || owner === null || owner === rep || HAND_OVER.includes(input.kind)) return null;
      return `${rep} becomes ${role} while ${owner} is`;
    }
    case 'hand_off_closed':
      if (transition.outcome !== 'accepted') return null;
      return taken.includes(handOffs) ? `hand-off ${handOffs} is accepted a second time` : null;
    default:
      return null;
  }
}

function follow(before: Possession, transition: Transition): Possession {
  const { offer, handOffs } = before;
  switch (transition.type) {
    case 'stage_entered':
      return { ...before, stage: transition.stage };
    case 'hand_off_opened':
      return { ...before, handOffs: handOffs + 1, offer: { kind: transition.kind, rep: null } };
    case 'hand_off_moved':
      return { ...before, offer: offer && { ...offer, rep: transition.rep } };
    case 'rep_excluded':
      return offer?.rep === transition.rep ? { ...before, offer: { ...offer, rep: null } } : before;
    case 'owner_set':
      return { ...before, owners: { ...before.owners, [transition.role]: transition.rep } };
    case 'hand_off_closed': {
      const taken = transition.outcome === 'accepted' ? [...before.taken, handOffs] : before.taken;
      return { ...before, offer: null, taken };
    }
    default:
      return before;
  }
}

/** Against whose caps the lead counts. */
function holdersOf({ stage, owners, offer }: Possession): readonly string[] {
  const held = new Map<string, string>();
  if (offer?.rep != null) held.set(offer.rep, offer.kind);
  if (WORKED.includes(stage)) {
    if (owners.ae !== null) held.set(owners.ae, 'ae');
    else if (owners.sdr !== null) held.set(owners.sdr, 'sdr');
  }
  return [...held].map(([rep, role]) => `${rep} as ${role}`).sort();
}
