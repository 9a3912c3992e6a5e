import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Answer, ApplyRequest, ApplyResult } from '../domain/journey/apply.types.js';
import type { JournalKey } from '../journal/chain.js';
import type { PolicyStore } from '../policies/policy-store.js';

export interface ApplyDeps {
  readonly dataSource: DataSource;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
}

/** "Apply what is due, then look": one call, one transaction, at most one journal row. */
export type Apply = (request: ApplyRequest) => Promise<ApplyResult>;

/** Nobody has captured this lead: repeating the call does not help. */
export class UnknownLead extends Error {
  override readonly name = 'UnknownLead';
}

/** The asked-for command does not lie in the inbox: repeating the call does not help. */
export class UnknownInput extends Error {
  override readonly name = 'UnknownInput';
}

/** @throws UnknownLead, UnknownInput; anything else may pass when repeated. */
export declare function createApply(deps: ApplyDeps): Apply;

/** Applies a stored command outside a workflow (the journey has ended), and rings if that opened it again. */
export type ApplyDirectly = (leadId: string, inputId: string) => Promise<Answer>;

export declare function createApplyDirectly(deps: ApplyDeps & { readonly clock: Clock }): ApplyDirectly;
