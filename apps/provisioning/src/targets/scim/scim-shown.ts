import type { ScimProfile } from '#libs/scim/client/profile.js';
import { isActive, type ScimUser } from '#libs/scim/client/resources.js';
import type { Call, ShownAccount } from '../target.js';
import { isAmong, pathOf, valuesAt } from '#libs/scim/client/attribute-path.js';

/** A user as the port shows an account. A userName that the application rewrites says nothing of the one that was sent. */
export function shownAccount(
  user: ScimUser,
  { userNameForm, caseExact }: Pick<ScimProfile, 'userNameForm' | 'caseExact'>,
): ShownAccount {
  const isRewritten = userNameForm === 'rewritten';
  const { id, externalId, userName, meta } = user;
  return {
    id,
    ...(externalId === undefined ? {} : { externalId }),
    ...(userName === undefined || isRewritten ? {} : { userName }),
    ...(meta?.created === undefined ? {} : { createdAt: meta.created }),
    active: isActive(user),
    isExact: (text) => isAmong(caseExact, text),
    at: (text) => {
      const path = pathOf(text);
      if (path === null || (isRewritten && path.name.toLowerCase() === 'username')) return [];
      return valuesAt(user, path);
    },
  };
}

/** The time that is left for one request. @throws CallFailure `not-sent` */
export function limitsOf(call: Call): { readonly withinMs?: number } {
  const withinMs = call.leftMs();
  return withinMs === undefined ? {} : { withinMs };
}
