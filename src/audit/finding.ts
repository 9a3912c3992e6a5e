/** Every kind of thing that an audit can find. */
export type FindingKind =
  // The chain and its keys.
  | 'row_missing'
  | 'chain_broken'
  | 'hash_wrong'
  | 'mac_wrong'
  | 'key_unknown'
  | 'head_differs'
  // What a journal row says.
  | 'bytes_malformed'
  | 'bytes_differ'
  | 'column_differs'
  | 'engine_unknown'
  | 'time_goes_back'
  | 'policy_missing'
  | 'policy_differs'
  | 'score_differs'
  | 'fact_differs'
  | 'evidence_missing'
  | 'evidence_differs'
  | 'routing_differs'
  | 'result_differs'
  | 'deadlines_differ'
  | 'state_differs'
  // The score ledger.
  | 'score_entry_missing'
  | 'score_state_differs'
  // What is written beside the journal.
  | 'projection_differs'
  | 'inbox_differs'
  | 'operations_differ'
  | 'agreement_differs'
  // What should be going on.
  | 'fact_undecided'
  | 'workflow_missing'
  | 'workflow_left_over';

/** One thing that is not as it must be, with both sides. */
export interface Finding {
  /** Null for what belongs to no single lead. */
  readonly lead: string | null;
  /** Number of the journal row, score entry, policy or operational entry; null where there is none. */
  readonly seq: number | null;
  readonly kind: FindingKind;
  /** What is looked at, in words. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** A finding before it is said of which lead. */
export type Difference = Omit<Finding, 'lead'>;
