import { NotFound } from '#libs/service-kit/problem.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id in a path that is no UUID names nothing. @throws NotFound */
export function uuidOf(what: string, id: string): string {
  if (uuid.test(id)) return id.toLowerCase();
  throw new NotFound(what, id);
}
