import { appendFileSync, writeFileSync } from 'node:fs';
import type { Command } from '../domain/journey/inputs.js';

/** What a play knows by itself: what it sent, what it decided, and what it was answered. Leads by external id. */
export type LogEntry =
  /** A lead or an event, as the API gets it; logged once however often it is sent. */
  | { readonly did: 'sent'; readonly lead: string; readonly what: 'lead' | 'event'; readonly body: unknown }
  /** Baton has the lead, under this id. */
  | { readonly did: 'captured'; readonly lead: string; readonly id: string }
  /** Somebody has made up their mind: the same step in another run of the same seed has the same `what`. */
  | { readonly did: 'decided'; readonly lead: string; readonly step: string; readonly what: string }
  /** 200 to a command. `seq`: its row in the journal. `stage`: where the lead stands then. */
  | ({ readonly did: 'answered'; readonly stage: string; readonly seq: number } & CommandSent)
  /** 409 to a command. `seq`: its row; null when the refusal was counted with others. */
  | ({
      readonly did: 'refused';
      readonly seq: number | null;
      readonly code: string;
      readonly why: string;
    } & CommandSent)
  /** Where a lead was found. */
  | { readonly did: 'seen'; readonly lead: string; readonly seq: number; readonly stage: string };

export interface CommandSent {
  readonly lead: string;
  readonly id: string;
  readonly command: Command;
  /** The rep; null: the manager. */
  readonly as: string | null;
  /** Its Idempotency-Key. */
  readonly key: string;
}

/** In memory and, one JSON object per line with the time, in a file. */
export class PlayLog {
  readonly entries: LogEntry[] = [];

  constructor(private readonly file: string | null) {
    if (file !== null) writeFileSync(file, '');
  }

  add(entry: LogEntry): void {
    this.entries.push(entry);
    if (this.file === null) return;
    appendFileSync(this.file, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
  }
}
