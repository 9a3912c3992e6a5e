import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '../../domain/time.js';
import { instantColumn } from '../column-types.js';

/** A version of the agreement; append-only and chained. */
@Entity('policy')
export class PolicyEntity {
  @PrimaryColumn({ type: 'text' })
  hash!: string;

  /** Order of recording. */
  @Column({ type: 'bigint', insert: false, update: false })
  n!: number;

  @Column({ type: 'text' })
  name!: string;

  /** Canonical text; its SHA-256 is `hash`. */
  @Column({ type: 'text' })
  document!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz', transformer: instantColumn })
  recordedAt!: Instant;

  @Column({ name: 'prev_hash', type: 'text' })
  prevHash!: string;

  @Column({ name: 'chain_hash', type: 'text' })
  chainHash!: string;

  @Column({ type: 'text' })
  mac!: string;

  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;
}
