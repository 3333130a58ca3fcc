/** Names of the consumer groups. Brokers and the inbox keep places under them: no other file knows one. */
export const groups = {
  hr: 'hr',
  governance: 'governance',
  governanceResults: 'governance.results',
  governanceNotifications: 'governance.notifications',
  audit: 'audit',
  provisioning: 'provisioning',
} as const;

/** The group of a provisioning process that works for one connector. */
export const groupOfConnector = (connector: string): string => `${groups.provisioning}.${connector}`;
