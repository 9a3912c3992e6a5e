import type { Journey } from '../journey/journey.js';

/** Where a playbook or a track can begin: a stage, of an MQL also one of its two levels. */
export const PLACES = [
  'inquiry',
  'mql',
  'mql.early',
  'mql.advanced',
  'sal',
  'sql',
  'opportunity',
  'nurture',
  'review',
  'closed_won',
  'closed_lost',
  'disqualified',
] as const;
export type Place = (typeof PLACES)[number];

/** As much of a journey as says where it stands. */
export type Standing = Pick<Journey, 'stage' | 'level'>;

/** `mql` holds for both levels. */
export const isAt = ({ stage, level }: Standing, place: Place): boolean =>
  place === stage || place === `${stage}.${level}`;

/** Where a journey stands, in one word, such as `mql.early`. */
export const placeOf = ({ stage, level }: Standing): string =>
  level === null ? (stage ?? 'new') : `${stage}.${level}`;
