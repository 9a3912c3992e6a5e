import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('pool_member')
export class PoolMemberEntity {
  @PrimaryColumn({ name: 'pool_id', type: 'text' })
  poolId!: string;

  @PrimaryColumn({ name: 'rep_id', type: 'text' })
  repId!: string;

  /** 1–100. */
  @Column({ type: 'integer' })
  weight!: number;

  /** Rotation position, a whole number in decimal digits. */
  @Column({ type: 'numeric', precision: 40, scale: 0 })
  position!: string;
}
