/** The topics of the bus. Keys hold order per person, or per administrator's id on catalog and connectors. */
export const topics = {
  lifecycle: 'hub.hr.lifecycle',
  identities: 'hub.governance.identities',
  decisions: 'hub.governance.decisions',
  catalog: 'hub.governance.catalog',
  desiredAccess: 'hub.governance.desired-access',
  results: 'hub.provisioning.results',
  connectors: 'hub.provisioning.connectors',
  auditControl: 'hub.audit.control',
  operators: 'hub.operators',
} as const;

export type Topic = (typeof topics)[keyof typeof topics];

/** The one service whose messages a topic holds; null where each tells of itself. */
export const ownerOf: Readonly<Record<Topic, string | null>> = {
  [topics.lifecycle]: 'hr',
  [topics.identities]: 'governance',
  [topics.decisions]: 'governance',
  [topics.catalog]: 'governance',
  [topics.desiredAccess]: 'governance',
  [topics.results]: 'provisioning',
  [topics.connectors]: 'provisioning',
  [topics.auditControl]: 'audit',
  [topics.operators]: null,
};

/** Topics whose messages are never deleted; they hold nothing personal. The others keep `personalRetentionDays`. */
export const keptForEver: readonly Topic[] = [topics.catalog, topics.connectors, topics.auditControl];

/** Topics whose messages carry the whole state of their source: a later message supersedes an earlier one. */
export const stateCarried: readonly Topic[] = [
  topics.identities,
  topics.desiredAccess,
  topics.catalog,
  topics.connectors,
];

export const personalRetentionDays = 7;
