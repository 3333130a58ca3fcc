import type { MigrationInterface, QueryRunner } from 'typeorm';
import { keptForEver, personalRetentionDays } from '#libs/contracts/topics.js';
import { analyzeGrownSql } from '#libs/event-store/event-store.migrations.js';
import { serverIdentitySql } from '#libs/event-store/server-identity.js';

/**
 * The schema that the Postgres transport shares between services. Each service brings it, the first one makes it:
 * migrations of all services run one at a time.
 */
class SharedBus1764000005100 implements MigrationInterface {
  readonly name = 'SharedBus1764000005100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create schema if not exists bus`);
    await db.query(`
      create table if not exists bus.message (
        topic        text not null,
        epoch        int not null,
        tx           xid8 not null default pg_current_xact_id(),
        position     bigint generated always as identity,
        key          text not null,
        headers      text not null,
        body         text not null,
        published_at timestamptz not null default clock_timestamp(),
        primary key (topic, epoch, tx, position)
      )`);
    // Where each consumer stands, whatever service it belongs to: who writes much can see who is behind.
    await db.query(`
      create table if not exists bus.place (
        consumer text not null,
        topic    text not null,
        epoch    int not null,
        tx       xid8 not null,
        position bigint not null,
        primary key (consumer, topic)
      )`);
    // The last message of each topic that was deleted for its age.
    await db.query(`
      create table if not exists bus.pruned (
        topic    text primary key,
        epoch    int not null,
        tx       xid8 not null,
        position bigint not null
      )`);
    await db.query(`
      create table if not exists bus.identity (
        single            boolean primary key check (single),
        system_identifier text not null,
        timeline          int not null,
        epoch             int not null
      )`);
    await db.query(`insert into bus.identity values (true, '', 0, 0) on conflict do nothing`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Of a table of urgent messages. */
export const urgentColumns = `
  consumer      text not null,
  topic         text not null,
  id            uuid not null,
  key           text not null,
  headers       text not null,
  body          text not null,
  place         bigint generated always as identity,
  written_at    timestamptz not null default clock_timestamp(),
  claimed_until timestamptz,
  claims        int not null default 0,
  primary key (consumer, topic, id)`;

/** What takes access away, claimed beside what is read in order: a row for each consumer that asked for it. */
class SharedUrgent1764000005400 implements MigrationInterface {
  readonly name = 'SharedUrgent1764000005400';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create table if not exists bus.urgent (${urgentColumns})`);
    await db.query(`create index if not exists urgent_key on bus.urgent (consumer, key, place)`);
    await db.query(`
      create table if not exists bus.urgent_reader (
        consumer text not null,
        topic    text not null,
        primary key (topic, consumer)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/**
 * What only the owner of the shared schema may do, as functions of its own that do nothing else: raise the epoch when the
 * server is another one, and delete what is older than its topic is kept.
 */
class SharedOwner1764000005600 implements MigrationInterface {
  readonly name = 'SharedOwner1764000005600';

  async up(db: QueryRunner): Promise<void> {
    await db.query(analyzeGrownSql('bus'));
    await db.query(`
      create or replace function bus.raise_epoch() returns void
      language sql security definer set search_path = pg_catalog, pg_temp as $f$
        update bus.identity i set epoch = i.epoch + 1, system_identifier = s.system, timeline = s.timeline
        from (${serverIdentitySql}) s where (i.system_identifier, i.timeline) is distinct from (s.system, s.timeline)
      $f$`);
    const kept = keptForEver.map((topic) => `'${topic}'`).join(', ');
    await db.query(`
      create or replace function bus.prune_topic(pruned_topic text, most int) returns bigint
      language sql security definer set search_path = pg_catalog, pg_temp as $f$
        with old as (
          select f.* from (
            select m.epoch, m.tx, m.position, m.published_at from bus.message m
            where m.topic = pruned_topic and pruned_topic not in (${kept})
            order by m.epoch, m.tx, m.position limit most
          ) f where f.published_at < now() - interval '${personalRetentionDays} days'
        ), mark as (
          insert into bus.pruned as p (topic, epoch, tx, position)
          select pruned_topic, o.epoch, o.tx, o.position from old o order by o.epoch desc, o.tx desc, o.position desc limit 1
          on conflict (topic) do update set epoch = excluded.epoch, tx = excluded.tx, position = excluded.position
          where (p.epoch, p.tx, p.position) < (excluded.epoch, excluded.tx, excluded.position)
        ), gone as (
          delete from bus.message m using old o
          where m.topic = pruned_topic and m.epoch = o.epoch and m.tx = o.tx and m.position = o.position returning 1
        ) select count(*) from gone
      $f$`);
    await db.query(`
      create or replace function bus.prune_urgent() returns void
      language sql security definer set search_path = pg_catalog, pg_temp as $f$
        delete from bus.urgent where written_at < now() - interval '${personalRetentionDays} days'
      $f$`);
    for (const table of ['message', 'place', 'urgent', 'urgent_reader'])
      await db.query(`alter table bus.${table} enable row level security`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** When readers moved last on the Postgres transport. */
class SharedMoved1764000005800 implements MigrationInterface {
  readonly name = 'SharedMoved1764000005800';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table bus.place add column if not exists moved_at timestamptz`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
class SharedStatistics1766500007000 implements MigrationInterface {
  readonly name = 'SharedStatistics1766500007000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table bus.message alter column headers set statistics 0, alter column body set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Where the Postgres transport keeps what all services share. */
export const sharedSchema = 'bus';

/** Of the shared schema, which has an owner of its own. */
export const sharedBusMigrations = [
  SharedBus1764000005100,
  SharedUrgent1764000005400,
  SharedOwner1764000005600,
  SharedMoved1764000005800,
  SharedStatistics1766500007000,
];
