import type { Answer } from '#libs/outgoing/classify.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { tidied, type ScimUser } from './resources.js';

export const listNames = ['Resources', 'totalResults', 'nextCursor'];
export const resourceNames = ['id', 'externalId', 'userName', 'active', 'displayName', 'members', 'meta'];

/** Writes these attributes with the names of the RFC: their case does not matter (RFC 7643 §2.1). */
export function named(body: object, names: readonly string[]): Record<string, unknown> {
  const found = { ...body } as Record<string, unknown>;
  for (const name of names) {
    if (Object.hasOwn(found, name)) continue;
    const other = Object.keys(found).find((key) => key.toLowerCase() === name.toLowerCase());
    if (other !== undefined) found[name] = found[other];
  }
  return found;
}

/** Members that an answer shows. None may mean that there are none, or that they are never shown. */
export interface ShownMembers {
  /** As text, whatever the application counts in. */
  readonly ids: ReadonlySet<string>;
  /** False if there are more: beyond the limit, or in a form without an id. */
  readonly whole: boolean;
}

/** `null` is absent, and an object that is not in a list is one member. */
export function membersOf({ members }: { readonly members?: unknown }): ShownMembers {
  if (members === undefined || members === null) return { ids: new Set(), whole: true };
  if (typeof members !== 'object') return { ids: new Set(), whole: false };
  const shown: unknown[] = Array.isArray(members) ? members : [members];
  const ids = shown
    .map((member) => (typeof member === 'object' && member !== null ? named(member, ['value'])['value'] : member))
    .filter((id) => (typeof id === 'string' && id !== '') || typeof id === 'number');
  return { ids: new Set(ids.map(String)), whole: ids.length === shown.length };
}

/** Found nothing, and says so as a list (RFC 7644 §3.4.2: `totalResults` is required, `Resources` only when it is not 0)? */
export function isListResponse(body: object): boolean {
  const { Resources, totalResults } = named(body, listNames);
  const counted = typeof totalResults === 'number' || (typeof totalResults === 'string' && totalResults !== '');
  return Array.isArray(Resources) || counted;
}

/** How many were found, as the answer says; null where it does not. */
export function totalOf({ totalResults }: Readonly<Record<string, unknown>>): number | null {
  return typeof totalResults === 'number' ? totalResults : null;
}

/** Users of a list with ids as they were sent, where these can stand in a path (RFC 3986 §3.3), whether they can be kept or not. */
export function sendableUsers(body: object, isUtf8: boolean): ScimUser[] {
  const { Resources } = named(body, listNames);
  const values: unknown[] = Array.isArray(Resources) ? Resources : [];
  return values.flatMap((one) => {
    const shown = typeof one === 'object' && one !== null ? named(one, resourceNames) : {};
    const { id } = shown;
    return typeof id === 'string' && isSendable(id, isUtf8) ? [tidied({ ...shown, id })] : [];
  });
}

function isSendable(id: string, isUtf8: boolean): boolean {
  return id !== '' && id !== '.' && id !== '..' && id.isWellFormed() && (isUtf8 || !id.includes('\ufffd'));
}

/** A list always exists: a 404 in another form does not come from a SCIM server, but for example from a gateway. */
export function wrongAddress({ status }: Answer): CallFailure {
  return new CallFailure({
    class: 'transient',
    code: 'wrong-address',
    status,
    effectUnknown: false,
    retryAfterMs: null,
    detail: '',
  });
}

/** More than one page for what should be one resource, or resources without an id: the answer proves no absence. */
export function unreliable({ status }: Answer, detail: string): CallFailure {
  return new CallFailure({
    class: 'validation',
    code: 'look-up-unreliable',
    status,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  });
}

export function fail(error: Error): never {
  throw error;
}

export function isJson({ headers }: Answer): boolean {
  const type = headers['content-type'];
  return /json/i.test((Array.isArray(type) ? type[0] : type) ?? '');
}
