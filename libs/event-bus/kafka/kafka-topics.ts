import type { Admin, Kafka } from 'kafkajs';
import { keptForEver, personalRetentionDays, topics, type Topic } from '#libs/contracts/topics.js';

const dayMs = 24 * 60 * 60 * 1_000;
const defaultPartitions = 6;
/** Desired access of a person with very many groups may be larger than Kafka's default limit of 1 MB. */
const maxMessageBytes = 8 * 1_024 * 1_024;

/**
 * Makes the topics that are missing. Never compacted: compaction keeps the last offset, not the highest sequence. A
 * reader that needs older state asks for a restatement.
 * @returns those that were missing
 */
export async function ensureTopics(
  admin: Admin,
  prefix: string,
  partitions: number = defaultPartitions,
): Promise<readonly Topic[]> {
  const there = new Set(await admin.listTopics());
  const missing = Object.values(topics).filter((topic) => !there.has(prefix + topic));
  if (missing.length === 0) return [];
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({
      topic: prefix + topic,
      numPartitions: partitions,
      replicationFactor: -1,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: keptForEver.includes(topic) ? '-1' : String(personalRetentionDays * dayMs) },
        { name: 'max.message.bytes', value: String(maxMessageBytes) },
      ],
    })),
  });
  return missing;
}

/** An administrator's connection for one question. */
export async function withAdmin<T>(kafka: Kafka, question: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin({ retry: { retries: 3 } });
  try {
    await admin.connect();
    return await question(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
