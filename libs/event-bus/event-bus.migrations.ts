import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sharedBusMigrations, urgentColumns } from './postgres/shared-bus.migrations.js';

/** What consumers keep in their own service's schema, whatever the transport. */
class EventBusTables1764000005000 implements MigrationInterface {
  readonly name = 'EventBusTables1764000005000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table inbox (
        consumer text not null,
        topic    text not null,
        source   text not null,
        epoch    int not null,
        sequence bigint not null,
        seen_at  timestamptz not null,
        primary key (consumer, topic, source)
      ) with (fillfactor = 80)`);
    await db.query(`create index inbox_idle on inbox using brin (seen_at)`);
    await db.query(`
      create table parked_line (
        consumer text not null,
        topic    text not null,
        line     text not null,
        length   int not null check (length > 0),
        primary key (consumer, topic, line)
      )`);
    await db.query(`
      create table parked_message (
        consumer  text not null,
        topic     text not null,
        id        uuid not null,
        line      text not null,
        key       text not null,
        type      text not null,
        message   text not null,
        poison    boolean not null,
        reason    text not null,
        parked_at timestamptz not null,
        place     bigint generated always as identity,
        primary key (consumer, topic, id)
      )`);
    await db.query(`create index parked_message_line on parked_message (consumer, topic, line, place)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What an operator needs to know of a parked message without its body. */
class ParkedDetails1764000005200 implements MigrationInterface {
  readonly name = 'ParkedDetails1764000005200';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table parked_message
        add column source text, add column sequence bigint, add column epoch int,
        add column failures int not null default 0`);
    // The headers are the first thing in the text of a message. Of how often it failed only the last time is known.
    await db.query(`
      update parked_message set
        source = substring(message from '"ce_source":"([^"]*)"'),
        sequence = substring(message from '"ce_sequence":"(\\d+)"')::bigint,
        epoch = substring(message from '"ce_epoch":"(\\d+)"')::int,
        failures = poison::int`);
    await db.query(`
      alter table parked_message
        alter column source set not null, alter column sequence set not null, alter column epoch set not null`);
    await db.query(`create index parked_message_id on parked_message (id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What takes access away, claimed by the Kafka relay beside what it reads in order. */
class UrgentOutbox1764000005300 implements MigrationInterface {
  readonly name = 'UrgentOutbox1764000005300';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create table urgent_outbox (${urgentColumns})`);
    await db.query(`create index urgent_outbox_key on urgent_outbox (consumer, key, place)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What this service knows of the brokers, kept where the brokers cannot lose it. */
class KafkaState1764000005500 implements MigrationInterface {
  readonly name = 'KafkaState1764000005500';

  async up(db: QueryRunner): Promise<void> {
    // The offset that comes next, moved with the effects.
    await db.query(`
      create table kafka_place (
        consumer  text not null,
        topic     text not null,
        partition int not null,
        next      bigint not null,
        cluster   text not null,
        primary key (consumer, topic, partition)
      )`);
    // The relay's topics hold at least so much.
    await db.query(`
      create table kafka_sent (
        topic     text not null,
        partition int not null,
        next      bigint not null,
        cluster   text not null,
        primary key (topic, partition)
      )`);
    // What the relay is to send again; the place up to which it was sent before is known once it has begun.
    await db.query(`
      create table relay_again (
        single         boolean primary key default true check (single),
        since          timestamptz not null,
        whole          boolean not null,
        begun          boolean not null default false,
        until_epoch    int,
        until_tx       xid8,
        until_position bigint
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** When readers moved last, and those that resume after their position was lost. */
class Resumptions1764000005700 implements MigrationInterface {
  readonly name = 'Resumptions1764000005700';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table kafka_place
      add column moved_at timestamptz,
      add column moved boolean not null default true`);
    await db.query(`
      create table resumption (
        consumer  text not null,
        topic     text not null,
        log       int not null,
        id        uuid not null,
        since     timestamptz not null,
        waits_for text[] not null,
        back      text not null,
        primary key (consumer, topic, log)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The first messages of a source come shortly one after the other: the row has room on its page to be written again without its index. */
class InboxUpdates1766500008000 implements MigrationInterface {
  readonly name = 'InboxUpdates1766500008000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table inbox set (fillfactor = 50)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Of each service's own schema. */
export const ownBusMigrations = [
  EventBusTables1764000005000,
  ParkedDetails1764000005200,
  UrgentOutbox1764000005300,
  KafkaState1764000005500,
  Resumptions1764000005700,
  InboxUpdates1766500008000,
];

/** Both, for whoever owns all of a database. */
export const busMigrations = [...ownBusMigrations, ...sharedBusMigrations].sort(
  (a, b) => Number(new a().name.slice(-13)) - Number(new b().name.slice(-13)),
);
