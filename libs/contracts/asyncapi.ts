import { contracts } from './registry.js';
import { keptForEver, personalRetentionDays, stateCarried, topics, type Topic } from './topics.js';

const channelName = (topic: Topic): string => topic.replaceAll('.', '-');

const headers = {
  type: 'object',
  properties: {
    ce_id: { type: 'string', format: 'uuid' },
    ce_source: { type: 'string', description: '/<service>/<stream>' },
    ce_type: { type: 'string' },
    ce_specversion: { type: 'string', const: '1.0' },
    ce_subject: { type: 'string' },
    ce_time: { type: 'string', format: 'date-time' },
    ce_actor: { type: 'string' },
    ce_correlationid: { type: 'string', format: 'uuid' },
    ce_causationid: { type: 'string', format: 'uuid' },
    ce_sequence: { type: 'string', pattern: '^[0-9]+$', description: 'Version in the stream that `ce_source` names.' },
    ce_epoch: { type: 'string', pattern: '^[0-9]+$', description: 'Compared before `ce_sequence`.' },
    ce_application: { type: 'string' },
    ce_bulk: { type: 'string', const: 'true', description: 'Part of a large piece of work.' },
    ce_urgent: { type: 'string', const: 'true', description: 'Takes access away.' },
    'content-type': { type: 'string', const: 'application/json' },
  },
  required: ['ce_id', 'ce_source', 'ce_type', 'ce_specversion', 'ce_time', 'ce_sequence', 'ce_epoch'],
} as const;

/** The AsyncAPI 3.0 document of the bus, made from the contracts. */
export function asyncApiDocument(version: string): object {
  const messages = Object.fromEntries(
    contracts.map(({ type, schema }) => [
      type,
      {
        name: type,
        contentType: 'application/json',
        headers: { $ref: '#/components/schemas/headers' },
        payload: schema,
      },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: { title: 'Identity hub', version, description: 'CloudEvents 1.0 in Kafka binary mode, JSON bodies.' },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(Object.values(topics).map((topic) => [channelName(topic), channel(topic)])),
    operations: Object.fromEntries(
      Object.values(topics).map((topic) => [
        `publish-${channelName(topic)}`,
        { action: 'send', channel: { $ref: `#/channels/${channelName(topic)}` } },
      ]),
    ),
    components: { schemas: { headers }, messages },
  };
}

function channel(topic: Topic): object {
  const kept = keptForEver.includes(topic) ? 'Kept for ever.' : `Kept ${personalRetentionDays} days.`;
  const carried = stateCarried.includes(topic)
    ? ' State-carried: the newest message of a source holds the whole state.'
    : '';
  const types = contracts.filter((contract) => contract.topic === topic).map(({ type }) => type);
  return {
    address: topic,
    description: kept + carried,
    messages: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
  };
}
