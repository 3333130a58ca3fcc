import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Simulation1766300001000 implements MigrationInterface {
  readonly name = 'Simulation1766300001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table simulation (
        id              uuid primary key,
        status          text not null,
        proposal        text not null,
        started_at      timestamptz not null,
        finished_at     timestamptz,
        expires_at      timestamptz not null,
        catalog_version int,
        total           int,
        checked         int not null default 0,
        touched         int not null default 0,
        gains           int not null default 0,
        loses           int not null default 0,
        position        uuid not null default '00000000-0000-0000-0000-000000000000'
      )`);
    await db.query(`
      create table simulated_change (
        simulation_id uuid not null references simulation on delete cascade,
        identity_id   uuid not null,
        gains         jsonb not null,
        loses         jsonb not null,
        primary key (simulation_id, identity_id)
      )`);
    await db.query(`
      create table simulated_effect (
        simulation_id uuid not null references simulation on delete cascade,
        application   text not null,
        key           text not null,
        entitlement   jsonb not null,
        gains         int not null,
        loses         int not null,
        primary key (simulation_id, application, key)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
