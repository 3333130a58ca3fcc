/** What other features of this service may use of this one. */
export { ChangedGroups } from './changed-groups.query.js';
export { GroupComparison } from './group-comparison.process.js';
export { GroupDirectory } from './group-directory.process.js';
export type { GroupEvent } from './group.events.js';
export { Groups } from './groups.stream.js';
