/** What other features of this service may use of this one. */
export { Checkpoints } from './checkpoints.store.js';
export { KnownNames } from './known-names.query.js';
export { LeafParts, type OpenedPart } from './leaf-parts.store.js';
export { leafColumns, type LeafRow, readLeaf, type ReadLeaf } from './leaf-row.js';
export { LogKeys } from './log-key.store.js';
export { personAnswer, titleAnswer } from './log.answers.js';
export { LogModule } from './log.module.js';
export { proveAll } from './node-hashes.query.js';
export { pastInstant } from './past-instant.input.js';
export { People, type Person } from './people.query.js';
export { type KnownTitles, type Title, Titles } from './titles.query.js';
