import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('pool')
export class PoolEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Sequence number of the newest decision of this pool. */
  @Column({ type: 'bigint' })
  seq!: number;

  @Column({ type: 'integer' })
  version!: number;
}
