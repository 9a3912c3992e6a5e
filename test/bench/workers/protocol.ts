/** What the bench and its worker processes tell each other. */

export type Kind = 'product' | 'floor';

/** From the bench. */
export interface Ask {
  readonly id: number;
  readonly ask: 'statistics' | 'garbage' | 'stop';
}

/** From a worker. */
export type Told =
  /** Microseconds of the monotonic clock. */
  | { readonly tells: 'ready'; readonly at: number }
  /** An input of a lead was applied; its client may go on. */
  | {
      readonly tells: 'applied';
      readonly lead: string;
      readonly stage: string;
      readonly owner: string | null;
    }
  | { readonly tells: 'done'; readonly id: number; readonly value: number };
