import type { LeadView } from '../domain/journey/apply.types.js';
import { holders, type Journey } from '../domain/journey/journey.js';
import { answersOf } from '../domain/qualification/criteria.js';
import { situationOf } from '../domain/journey/situation.js';
import type { Instant } from '../domain/time.js';

const iso = (at: Instant): string => new Date(at).toISOString();
const isoOrNull = (at: Instant | null): string | null => (at === null ? null : iso(at));

/** Who holds the lead now, or null: the first of those whose cap it counts against. */
export const ownerOf = (journey: Journey): string | null => holders(journey)[0]?.rep ?? null;

/** Where a lead stands, as the API shows it. @throws Error for a lead that nobody has captured. */
export function toView(journey: Journey): LeadView {
  const { stage, handOff, review } = journey;
  if (stage === null) throw new Error(`lead ${journey.lead} has not been captured`);
  return {
    id: journey.lead,
    seq: journey.seq,
    stage,
    level: journey.level,
    situation: situationOf(journey),
    team: journey.team,
    owners: journey.owners,
    handOff: handOff && {
      n: handOff.n,
      kind: handOff.kind,
      status: handOff.status,
      pool: handOff.pool,
      rep: handOff.rep,
      attempt: handOff.attempt,
      startedAt: iso(handOff.startedAt),
    },
    deadlines: journey.deadlines.map(({ clock, due }) => ({ clock, due: iso(due) })),
    review: review && { reason: review.reason, reviewer: review.reviewer },
    recycles: journey.recycles,
    coolOffUntil: isoOrNull(journey.coolOffUntil),
    firstResponseAt: isoOrNull(journey.firstResponseAt),
    criteria: answersOf(journey.criteria),
    tags: journey.tags,
    policy: journey.policy,
    at: iso(journey.at),
  };
}
