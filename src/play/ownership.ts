import type { HandOffKind } from '../domain/journey/journey.js';
import type { Transition } from '../domain/journey/transitions.js';
import type { JourneyRow } from './journeys.js';

/** What is wrong with who had a lead, by its journal alone. */
export interface OwnershipFaults {
  /** Became its owner without having accepted it or been given it by the manager. */
  readonly owners: readonly string[];
  /** Got it while another rep had it. */
  readonly holders: readonly string[];
}

interface State {
  /** Who it is offered or assigned to. */
  holder: string | null;
  readonly owners: Record<HandOffKind, string | null>;
}

/** Follows holder and owners through the rows. */
export function ownershipFaults(rows: readonly JourneyRow[]): OwnershipFaults {
  const state: State = { holder: null, owners: { sdr: null, ae: null } };
  const owners: string[] = [];
  const holders: string[] = [];
  for (const row of rows) {
    const before = state.holder;
    for (const transition of row.transitions) {
      const where = `row ${row.seq} (${row.kind})`;
      if (transition.type === 'owner_set') {
        const fault = ownerFault(row, before, state, transition);
        if (fault !== null) owners.push(`${where}: ${fault}`);
        state.owners[transition.role] = transition.rep;
      } else {
        const fault = move(state, transition);
        if (fault !== null) holders.push(`${where}: ${fault}`);
      }
    }
  }
  return { owners, holders };
}

function ownerFault(
  { kind, rep: actor }: JourneyRow,
  before: string | null,
  { holder, owners }: State,
  { role, rep }: Extract<Transition, { type: 'owner_set' }>,
): string | null {
  if (rep === null) return null;
  // The manager transfers an accepted lead.
  if (kind === 'reassign' && actor === null) return null;
  const had = owners[role];
  if (had !== null && had !== rep) return `${rep} became ${role} while ${had} was`;
  // By an own command, by one's own contact with a lead that one holds, or because the policy assigns.
  return rep === actor || rep === before || rep === holder
    ? null
    : `${rep} became ${role}, the lead was with ${before ?? 'nobody'}`;
}

function move(state: State, transition: Transition): string | null {
  const { holder } = state;
  switch (transition.type) {
    case 'hand_off_opened':
      state.holder = null;
      return holder === null ? null : `a new hand-off while ${holder} had the lead`;
    case 'rep_excluded':
      if (holder === transition.rep) state.holder = null;
      return null;
    case 'hand_off_closed':
      state.holder = null;
      return null;
    case 'hand_off_moved': {
      const { rep, status } = transition;
      state.holder = rep;
      return holder === null || holder === rep
        ? null
        : `${status} to ${rep ?? 'nobody'} while ${holder} still had it`;
    }
    default:
      return null;
  }
}
