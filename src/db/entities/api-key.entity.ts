import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../access/caller.js';
import type { Instant } from '../../domain/time.js';
import { instantColumn } from '../column-types.js';

@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  hash!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ name: 'rep_id', type: 'text', nullable: true })
  repId!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', transformer: instantColumn })
  createdAt!: Instant;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true, transformer: instantColumn })
  revokedAt!: Instant | null;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true, transformer: instantColumn })
  lastUsedAt!: Instant | null;
}
