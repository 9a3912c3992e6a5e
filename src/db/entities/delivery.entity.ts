import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Topic } from '../../domain/journey/transitions.js';
import type { Instant } from '../../domain/time.js';
import { instantColumn } from '../column-types.js';

export type DeliveryStatus = 'pending' | 'delivered' | 'dead' | 'no_endpoint';

/** One notification on its way to one webhook (or to nobody, when none is registered). */
@Entity('delivery')
export class DeliveryEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'lead_id', type: 'text' })
  leadId!: string;

  /** The journal row, and the index of its effect, that this comes from. */
  @Column({ type: 'integer' })
  seq!: number;

  @Column({ type: 'integer' })
  i!: number;

  @Column({ type: 'text' })
  about!: Topic | 'playbook' | 'track';

  /** Empty for an effect of the row; else the track that the row entered, its step and the action there. */
  @Column({ type: 'text' })
  part!: string;

  /** The playbook or track that says it. */
  @Column({ type: 'text', nullable: true })
  rule!: string | null;

  /** The number of the track's step, from 1. */
  @Column({ type: 'integer', nullable: true })
  step!: number | null;

  /** What a playbook or track tells other systems. */
  @Column({ type: 'text', nullable: true })
  topic!: string | null;

  /** What it tells people. */
  @Column({ type: 'text', nullable: true })
  text!: string | null;

  @Column({ name: 'recipient_kind', type: 'text' })
  recipientKind!: 'rep' | 'manager' | 'team' | 'systems';

  /** Rep id or team; null for the manager and for other systems. */
  @Column({ type: 'text', nullable: true })
  recipient!: string | null;

  @Column({ name: 'webhook_id', type: 'text', nullable: true })
  webhookId!: string | null;

  @Column({ type: 'text' })
  status!: DeliveryStatus;

  @Column({ type: 'integer' })
  attempts!: number;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', transformer: instantColumn })
  createdAt!: Instant;

  @Column({ name: 'done_at', type: 'timestamptz', nullable: true, transformer: instantColumn })
  doneAt!: Instant | null;
}
