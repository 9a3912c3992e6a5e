import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '../../domain/time.js';
import { instantColumn } from '../column-types.js';

@Entity('webhook')
export class WebhookEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'text' })
  secret!: string;

  @Column({ type: 'boolean' })
  active!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', transformer: instantColumn })
  createdAt!: Instant;
}
