/** What other features of this service may use of this one. */
export { FileQuery } from './ownership.dto.js';
export { orphanIdentity } from './orphan-identity.js';
export { MatchObserved } from './match-observed.process.js';
