import { pathKey } from '../targets/targets.exports.js';

const core = 'urn:ietf:params:scim:schemas:core:';
const ofUsers = `${core}2.0:user:`;

/** What is wrong with a target that names the core schema (RFC 7643 §3.3: its attributes stand without a name); null for nothing. */
export function coreSchemaProblem(target: string): string | null {
  const name = pathKey(target);
  if (!name.startsWith(core)) return null;
  return name.startsWith(ofUsers)
    ? `is of the core schema, which is not named: write ${target.slice(ofUsers.length)}`
    : 'is not of users: name an attribute of a user, such as title, or of an extension';
}
