import { CallFailure } from '#libs/outgoing/failure.js';
import type { EntitlementTarget } from './target.js';

/** Entitlements of a kind that an application does not grant. */
export const grantsNone: EntitlementTarget = {
  mostAtOnce: 1,
  oneWriter: false,
  shownWithinMs: 0,
  create: null,
  find: refuse,
  list: refuse,
  allHolders: refuse,
  heldBy: refuse,
  read: refuse,
  grant: refuse,
  revoke: refuse,
  holders: refuse,
};

function refuse(): Promise<never> {
  const detail = 'this connector cannot grant it: take it out of the package that grants it, then retry';
  const nothingSent = { status: null, effectUnknown: false, retryAfterMs: null };
  return Promise.reject(new CallFailure({ class: 'validation', code: 'not-grantable', ...nothingSent, detail }));
}
