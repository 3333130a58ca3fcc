import type { EventStore } from '#libs/event-store/event-store.js';
import { subscriptionOf, type BusSubject, type Effect, type MemberOptions } from '../scope.contract.js';
import type { EventBus } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';
import { busMigrations } from '../event-bus.migrations.js';
import { PostgresBus } from './postgres-bus.js';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { storeUnderTest, type StoreUnderTest } from '../../../test/support/event-store.js';

/** The table in which the handlers of the contract suite store their effects. It has no unique key, so that a repeated effect is visible. */
class EffectTable1764000900000 implements MigrationInterface {
  readonly name = 'EffectTable1764000900000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create table effect (
      n bigint generated always as identity, consumer text not null, id uuid not null, topic text not null, key text not null, source text not null, sequence int not null
    )`);
  }

  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export const busTestMigrations = [...busMigrations, EffectTable1764000900000];

export const stageEffects: BusSubject['stage'] = (work, group, messages) => {
  work.run(
    `insert into effect (consumer, id, topic, key, source, sequence)
     select $1::text, u.* from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[]) u`,
    [
      group,
      messages.map((m) => m.id),
      messages.map((m) => m.topic),
      messages.map((m) => m.key),
      messages.map((m) => m.source),
      messages.map((m) => m.sequence),
    ],
  );
};

/** Subscribes what the suite asks for, with effects stored in the work. */
export function subscribeEffects(bus: EventBus, options: MemberOptions): void {
  bus.subscribe(subscriptionOf(options, stageEffects));
}

export async function storedEffects(store: EventStore, group: string): Promise<Effect[]> {
  return await store.db.query<{ id: string; topic: string; key: string; source: string; sequence: number }>(
    `select id, topic, key, source, sequence from effect where consumer = $1 order by n`,
    [group],
  );
}

export interface PostgresSubject extends BusSubject {
  readonly t: StoreUnderTest;
  readonly errors: unknown[];
  readonly close: () => Promise<void>;
}

export async function postgresSubject(of: { schema?: string } = {}): Promise<PostgresSubject> {
  const t = await storeUnderTest({ ...of, migrations: busTestMigrations });
  const errors: unknown[] = [];
  const onError = (_: string, error: unknown): unknown => errors.push(error);
  const publisher = new PostgresBus({ store: t.store, onError });
  await publisher.start();
  const members: EventBus[] = [publisher];
  return {
    t,
    errors,
    timeoutMs: 20_000,
    stage: stageEffects,
    publish: (messages: readonly PublicMessage[]) => publisher.publish(messages),
    effects: (group) => storedEffects(t.store, group),
    outage: async () => {
      // All connections of all members break at once.
      const kill = (): Promise<unknown> =>
        t.db.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
      await kill();
      await kill().catch(() => undefined);
      return async () => void (await kill().catch(() => undefined));
    },
    member: async (options) => {
      const { store } = await t.another();
      const bus = new PostgresBus({ store, onError });
      members.push(bus);
      subscribeEffects(bus, options);
      await bus.start();
      return bus;
    },
    close: async () => {
      await Promise.all(members.map((bus) => bus.stop()));
      await t.close();
    },
  };
}
