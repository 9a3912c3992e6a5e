import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rep')
export class RepEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'boolean' })
  active!: boolean;

  @Column({ type: 'boolean' })
  paused!: boolean;

  /** The most open leads; null: no limit. */
  @Column({ type: 'integer', nullable: true })
  cap!: number | null;

  /** Grows with every change: the ETag. */
  @Column({ type: 'integer' })
  version!: number;
}
