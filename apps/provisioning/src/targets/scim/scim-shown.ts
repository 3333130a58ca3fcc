import { isActive, type ScimUser } from '#libs/scim/client/resources.js';
import type { Call, ShownAccount } from '../target.js';
import { pathOf, valuesAt } from './attribute-path.js';

/** A user as the port shows an account. */
export function shownAccount(user: ScimUser): ShownAccount {
  const { id, externalId, userName, meta } = user;
  return {
    id,
    ...(externalId === undefined ? {} : { externalId }),
    ...(userName === undefined ? {} : { userName }),
    ...(meta?.created === undefined ? {} : { createdAt: meta.created }),
    active: isActive(user),
    at: (text) => {
      const path = pathOf(text);
      return path === null ? [] : valuesAt(user, path);
    },
  };
}

/** The time that is left for one request. @throws CallFailure `not-sent` */
export function limitsOf(call: Call): { readonly withinMs?: number } {
  const withinMs = call.leftMs();
  return withinMs === undefined ? {} : { withinMs };
}
