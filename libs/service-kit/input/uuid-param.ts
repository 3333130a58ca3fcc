import { isUuid } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';

/** An id in a path that is not a UUID is not found. @param what for example `access request` @throws NotFound */
export function uuidOf(what: string, id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  throw new NotFound(what, id);
}
