import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssignerProtocol, Kafka, logLevel, type IHeaders } from 'kafkajs';
import pg from 'pg';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../support/eventually.js';

/** A message as it lies on the bus. */
export interface Lain {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Somebody who published long ago and is not sure that it arrived: every message is there again, as it was. On either
 * transport this is what a publisher does that lost an answer or its lease.
 */
export interface LatePublisher {
  /** Publishes once more what `pick` makes of all that lies on the bus. */
  publishAgain(pick: (messages: readonly Lain[]) => readonly Lain[]): Promise<void>;
  /** Consumer and topic where something that was published waits to be dealt with. */
  lag(): Promise<string[]>;
}

/** In an order that is the same each time, and has nothing to do with the one they were published in. */
export function shuffled(messages: readonly Lain[]): Lain[] {
  let state = 20_261_126;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  return messages
    .map((message) => ({ message, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ message }) => message);
}

/** The last one first. */
export const backwards = (messages: readonly Lain[]): Lain[] => messages.toReversed();

/** What a later message of the same source has replaced, the oldest last. */
export function superseded(messages: readonly Lain[]): Lain[] {
  const version = ({ headers }: Lain): number => Number(headers['ce_sequence']);
  const newest = new Map<string, number>();
  for (const message of messages) {
    const source = message.headers['ce_source'] ?? '';
    newest.set(source, Math.max(newest.get(source) ?? 0, version(message)));
  }
  return messages.filter((m) => version(m) < (newest.get(m.headers['ce_source'] ?? '') ?? 0)).reverse();
}

/** For the Postgres transport in a hub's embedded database: rows written as any service writes them. */
export function postgresPublisher(dataDir: string): LatePublisher {
  const withClient = async <T>(use: (client: pg.Client) => Promise<T>): Promise<T> => {
    const [pid, password] = await Promise.all([
      readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'),
      readFile(join(dataDir, 'postgres.password'), 'utf8'),
    ]);
    const port = Number(pid.split('\n')[3]);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'hub', password: password.trim(), database: 'hub' });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  };
  return {
    publishAgain: (pick) =>
      withClient(async (client) => {
        const { rows } = await client.query<Omit<Lain, 'headers'> & { headers: string }>(
          'select topic, key, headers, body from bus.message order by epoch, tx, position',
        );
        const again = pick(rows.map((row) => ({ ...row, headers: JSON.parse(row.headers) as Record<string, string> })));
        await client.query(
          `insert into bus.message (topic, epoch, key, headers, body)
           select u.topic, (select epoch from bus.identity), u.key, u.headers, u.body
           from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u(topic, key, headers, body)`,
          [
            again.map(({ topic }) => topic),
            again.map(({ key }) => key),
            again.map(({ headers }) => JSON.stringify(headers)),
            again.map(({ body }) => body),
          ],
        );
      }),
    lag: () =>
      withClient(async (client) => {
        const { rows } = await client.query<{ at: string }>(
          `select p.consumer || ' ' || p.topic as at from bus.place p
           where exists (select 1 from bus.message m where m.topic = p.topic
             and (m.epoch, m.tx, m.position) > (p.epoch, p.tx, p.position))`,
        );
        return rows.map(({ at }) => at);
      }),
  };
}

/** For Kafka: a producer of its own, with keys, headers and bodies as they lay in the topics. */
export function kafkaPublisher(brokers: string): LatePublisher {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const hubTopics = async (admin: ReturnType<Kafka['admin']>): Promise<string[]> =>
    (await admin.listTopics()).filter((topic) => topic.startsWith('hub.'));
  const withAdmin = async <T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  };

  /** Everything that lies in the topics now, in the order it was published in as far as Kafka can tell. */
  const readAll = (): Promise<Lain[]> =>
    withAdmin(async (admin) => {
      const topics = await hubTopics(admin);
      const left = new Map<string, number>();
      for (const topic of topics)
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          if (Number(high) > 0) left.set(`${topic}/${partition}`, Number(high));
      const read: { at: number; message: Lain }[] = [];
      const groupId = `late-publisher-${uuidv7()}`;
      const consumer = kafka.consumer({ groupId });
      await consumer.connect();
      try {
        await consumer.subscribe({ topics, fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachMessage: ({ topic, partition, message }) => {
            const place = `${topic}/${partition}`;
            const until = left.get(place);
            if (until === undefined) return Promise.resolve();
            const at = Number(message.timestamp);
            read.push({ at, message: { topic, ...copyOf(message) } });
            if (Number(message.offset) >= until - 1) left.delete(place);
            return Promise.resolve();
          },
        });
        await eventually(() => left.size === 0, { timeoutMs: 30_000 });
      } finally {
        await consumer.disconnect();
      }
      await admin.deleteGroups([groupId]);
      return read.sort((a, b) => a.at - b.at).map(({ message }) => message);
    });

  return {
    publishAgain: async (pick) => {
      const again = pick(await readAll());
      const producer = kafka.producer();
      await producer.connect();
      try {
        // One request for each, or the order between partitions would be the producer's and not the one asked for.
        for (const { topic, key, headers, body } of again)
          await producer.send({ topic, acks: -1, messages: [{ key, headers, value: body }] });
      } finally {
        await producer.disconnect();
      }
    },
    lag: () =>
      withAdmin(async (admin) => {
        const ends = new Map<string, number>();
        for (const topic of await hubTopics(admin))
          for (const { partition, high } of await admin.fetchTopicOffsets(topic))
            ends.set(`${topic}/${partition}`, Number(high));
        const ours = (await admin.listGroups()).groups
          .map(({ groupId }) => groupId)
          .filter((id) => /^(hr|governance|provisioning|audit)\b/.test(id));
        const { groups } = await admin.describeGroups(ours);
        const found: string[] = groups.length === 0 ? ['no consumer at all'] : [];
        for (const { groupId, state, members } of groups) {
          if (state !== 'Stable') found.push(`${groupId} is ${state}`);
          const topics = new Set(
            members.flatMap(
              ({ memberMetadata }) => AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
            ),
          );
          for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] }))
            for (const { partition, offset } of partitions)
              if (Math.max(Number(offset), 0) < (ends.get(`${topic}/${partition}`) ?? 0))
                found.push(`${groupId} ${topic}/${partition}`);
        }
        return found;
      }),
  };
}

function copyOf(message: { key: Buffer | null; value: Buffer | null; headers?: IHeaders }): Omit<Lain, 'topic'> {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    key: message.key?.toString() ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: message.value?.toString() ?? '',
  };
}
