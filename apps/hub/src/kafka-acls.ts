import { groups } from '#libs/contracts/groups.js';
import { ownerOf, topics, type Topic } from '#libs/contracts/topics.js';

/** Topics that a service's consumers read, besides its own. */
const read: Readonly<Record<string, readonly Topic[]>> = {
  hr: [topics.identities, topics.catalog],
  governance: [topics.identities, topics.lifecycle, topics.connectors, topics.results],
  provisioning: [topics.identities, topics.desiredAccess, topics.catalog],
  audit: Object.values(topics),
};

/**
 * `hub kafka-acls`: the commands that let one principal for each service (`User:hub-<service>`) do on Kafka what it needs,
 * and no more: write its own topics, read the topics that it consumes, and commit the offsets of its own groups.
 */
export function kafkaAcls(): string {
  return Object.keys(read)
    .flatMap((service) => aclsOf(service).map((acl) => commandOf(`User:hub-${service}`, acl)))
    .join('\n');
}

type Acl = readonly string[];

function aclsOf(service: string): Acl[] {
  const written = Object.values(topics).filter((topic) => ownerOf[topic] === service || ownerOf[topic] === null);
  return [
    // Lags of other groups, and missing topics: names and numbers, no messages.
    ['--operation Describe', '--topic hub.', '--resource-pattern-type prefixed'],
    ['--operation Create', '--topic hub.', '--resource-pattern-type prefixed'],
    ['--operation Describe', '--cluster'],
    ...[groups.hr, groups.governance, groups.provisioning, groups.audit].map((group) => [
      '--operation Describe',
      `--group ${group}`,
      '--resource-pattern-type prefixed',
    ]),
    ['--operation Read', `--group ${service}`, '--resource-pattern-type prefixed'],
    ...(read[service] ?? []).map((topic) => ['--operation Read', `--topic ${topic}`]),
    ...written.map((topic) => ['--operation Write', `--topic ${topic}`]),
  ];
}

const commandOf = (principal: string, acl: Acl): string =>
  `kafka-acls.sh --bootstrap-server "$BROKERS" --command-config "$ADMIN_CONFIG" --add --allow-principal ${principal} ${acl.join(' ')}`;
