import { appendFileSync, writeFileSync } from 'node:fs';
import type { Command } from '../../src/domain/journey/inputs.js';
import type { Stage } from '../../src/domain/journey/journey.js';
import type { PlayedLead } from './next-step.js';

/** What the driver knows by itself: what it sent and what it was answered. */
export type LogEntry =
  | { readonly did: 'captured'; readonly lead: PlayedLead; readonly stage: Stage }
  /** Where the driver found a lead. */
  | { readonly did: 'seen'; readonly lead: PlayedLead; readonly stage: Stage }
  | { readonly did: 'silence'; readonly lead: PlayedLead; readonly rep: string }
  | { readonly did: 'command'; readonly lead: PlayedLead; readonly command: Command; readonly stage: Stage }
  | { readonly did: 'refused'; readonly lead: PlayedLead; readonly command: Command; readonly why: string };

/** The driver's own log, in memory and, one JSON object per line, in a file. */
export class AnswerLog {
  readonly entries: LogEntry[] = [];

  constructor(private readonly file: string | null) {
    if (file !== null) writeFileSync(file, '');
  }

  add(entry: LogEntry): void {
    this.entries.push(entry);
    if (this.file === null) return;
    const { lead, ...rest } = entry;
    const line = { at: new Date().toISOString(), lead: lead.externalId, origin: lead.origin, ...rest };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
