import type { DataSource } from 'typeorm';
import type { DeliveryStatus } from '../db/entities/delivery.entity.js';
import type { Instant } from '../domain/time.js';

export interface DeliveryFilter {
  readonly lead: string | null;
  readonly status: DeliveryStatus | null;
  /** The last delivery of the page before. */
  readonly after: { readonly createdAt: Instant; readonly id: string } | null;
  readonly limit: number;
}

/** A notification on its way, as the API shows it. */
export interface DeliveryLine {
  readonly id: string;
  readonly lead: string;
  readonly seq: number;
  readonly about: string;
  /** The playbook or track that says it, and the number of the track's step. */
  readonly rule: string | null;
  readonly step: number | null;
  readonly topic: string | null;
  readonly text: string | null;
  readonly recipientKind: string;
  readonly recipient: string | null;
  readonly webhook: string | null;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Instant;
  readonly doneAt: Instant | null;
}

export type Deliveries = ReturnType<typeof createDeliveries>;

export function createDeliveries({ dataSource }: { dataSource: DataSource }) {
  return {
    /** Newest first. */
    list: ({ lead, status, after, limit }: DeliveryFilter): Promise<readonly DeliveryLine[]> =>
      dataSource.query<DeliveryLine[]>(
        `select id, lead_id as lead, seq, about, rule, step, topic, text, recipient_kind as "recipientKind", recipient,
                webhook_id as webhook, status, attempts, last_error as "lastError",
                created_at as "createdAt", done_at as "doneAt"
           from delivery
          where ($1::text is null or lead_id = $1) and ($2::text is null or status = $2)
            and ($3::float8 is null
                 or (created_at, id) < (to_timestamp($3::float8 / 1000), $4))
          order by created_at desc, id desc limit $5`,
        [lead, status, after?.createdAt ?? null, after?.id ?? null, limit],
      ),
  };
}
