import type { Fault } from '../faults.js';
import { pointer } from '../domain/policy/fault.js';
import { mappingOf, type Mapping, type MappingDocument } from '../feed/mapping.schema.js';
import { parseDuration, type Milliseconds } from '../domain/time.js';

/** What a mapping document means for the files at hand. */
export interface ImportPlan {
  /** In the order in which their rows count. */
  readonly files: readonly PlannedFile[];
  readonly grace: Milliseconds;
  readonly spread: Milliseconds;
  readonly offer: boolean;
  /** Workflows started in a second. */
  readonly rate: number;
  readonly createReps: boolean;
}

export interface PlannedFile {
  readonly name: string;
  readonly mapping: Mapping;
}

/** Checks the document against the names of the files that came; names them in the order of the document, if it has one. */
export function orderFiles(
  document: MappingDocument,
  names: readonly string[],
): { readonly ordered: readonly string[] } | { readonly faults: readonly Fault[] } {
  const faults = [...fileFaults(document, names), ...eventFaults(document)];
  if (faults.length > 0) return { faults };
  return { ordered: document.files === undefined ? names : Object.keys(document.files) };
}

/** The plan for files in this order; the document has been checked. */
export function planImport(document: MappingDocument, ordered: readonly string[]): ImportPlan {
  const { grace, spread, offer, rate } = document.resume;
  return {
    files: ordered.map((name) => {
      const mapping = mappingOf(document, document.files === undefined ? null : name);
      if (mapping === null) throw new Error(`the mapping says nothing of the file ${name}`);
      return { name, mapping };
    }),
    grace: parseDuration(grace),
    spread: parseDuration(spread),
    offer,
    rate,
    createReps: document.reps.missing === 'create',
  };
}

function fileFaults({ files }: MappingDocument, names: readonly string[]): Fault[] {
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  const mapped = files === undefined ? names : Object.keys(files);
  return [
    ...twice.map((name) => ({ path: '/file', message: `two files are called ${name}` })),
    ...names
      .filter((name) => !mapped.includes(name))
      .map((name) => ({
        path: '/mapping/files',
        message: `says nothing of the file ${name}; it names: ${mapped.join(', ')}`,
      })),
    ...mapped
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: pointer(['mapping', 'files', name]), message: 'this file was not sent' })),
  ];
}

/** "Now" would make yesterday's leads active today. */
function eventFaults(document: MappingDocument): Fault[] {
  const of = (events: Mapping['events'] = [], path: readonly string[] = []): Fault[] =>
    events.flatMap(({ occurredAt }, i) =>
      occurredAt === 'now'
        ? [
            {
              path: pointer(['mapping', ...path, 'events', i, 'occurredAt']),
              message: 'must say where the time is: what is imported does not happen now',
            },
          ]
        : [],
    );
  const inFiles = Object.entries(document.files ?? {});
  return [...of(document.events), ...inFiles.flatMap(([name, { events }]) => of(events, ['files', name]))];
}
