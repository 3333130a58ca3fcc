import type { Admin } from 'kafkajs';
import { keptForEver, personalRetentionDays, topics } from '#libs/contracts/topics.js';

const dayMs = 24 * 60 * 60 * 1_000;
const defaultPartitions = 6;
/** Desired access of a person with very many groups may pass Kafka's usual 1 MB. */
const maxMessageBytes = 8 * 1_024 * 1_024;

/**
 * Makes the topics that are missing. Never compacted: compaction keeps the last offset, not the highest sequence. Who
 * needs older state has it restated.
 */
export async function ensureTopics(
  admin: Admin,
  prefix: string,
  partitions: number = defaultPartitions,
): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: Object.values(topics).map((topic) => ({
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
}
