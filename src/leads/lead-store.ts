import type { EntityManager } from 'typeorm';

/** Where a lead stands, read without a lock. */
export interface LeadHead {
  readonly id: string;
  readonly seq: number;
  readonly ended: boolean;
}

/** By Baton's id or as `external:SOURCE:ID`; null when there is no such lead. */
export declare function resolveLead(manager: EntityManager, ref: string): Promise<LeadHead | null>;
