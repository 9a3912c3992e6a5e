import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { JournalKey } from '../journal/chain.js';
import { createReps } from '../reps/reps.js';
import type { MappedLead } from './map-lead.js';

/** The reps whom some leads name, after those that were missing are made, if the import may. */
export interface RepCheck {
  readonly known: ReadonlySet<string>;
  /** Made by this check. */
  readonly made: readonly string[];
}

/**
 * Looks for the reps and locks them in the order of their ids, as everybody does. A rep who is made is inactive:
 * somebody of the past, who is offered nothing.
 */
export async function checkReps(
  deps: { readonly dataSource: DataSource; readonly journalKey: JournalKey; readonly clock: Clock },
  manager: EntityManager,
  leads: readonly Pick<MappedLead, 'steps'>[],
  create: boolean,
  actor: Actor,
): Promise<RepCheck> {
  const named = [...new Set(leads.flatMap(repsOf))].sort();
  if (named.length === 0) return { known: new Set(), made: [] };
  const rows = await manager.query<{ id: string }[]>(
    'select id from rep where id = any($1) order by id for no key update',
    [named],
  );
  const known = new Set(rows.map(({ id }) => id));
  const made = create ? named.filter((id) => !known.has(id)) : [];
  const reps = createReps(deps);
  for (const id of made) {
    await reps.create(manager, { id, name: id, email: null, cap: null, active: false }, actor);
    known.add(id);
  }
  return { known, made };
}

/** Everybody whom a lead's past names. */
export const repsOf = ({ steps }: Pick<MappedLead, 'steps'>): readonly string[] =>
  steps.flatMap(({ sdr, ae }) => [sdr, ae].filter((rep) => rep !== null));
