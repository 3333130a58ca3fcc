import { Pace, type RateBucket, steadyRateOf } from '#libs/outgoing/pace.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { profileOf } from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';

type Limited = Pick<ConnectorDocument, 'limits' | 'profile'>;

/** What keeps the calls of a connector within what its document and its profile permit, whichever is less. */
export function paceOf(document: Limited): Pace {
  return new Pace(bucketsOf(document), profileOf(document.profile).rateShared);
}

/** Calls per second that are possible for a long time; infinite without limits. */
export const permittedPerSecond = (document: Limited): number => steadyRateOf(bucketsOf(document));

/** The profile as the document's limits have it: Bulk saves requests, which counts only where these are limited. */
export function limitedProfile(document: Limited): ScimProfile {
  const profile = profileOf(document.profile);
  const isCheaper = document.limits.bulk === 'auto' && bucketsOf(document).length > 0;
  return isCheaper ? profile : { ...profile, bulk: null };
}

function bucketsOf({ limits: { requestsPerSecond }, profile }: Limited): RateBucket[] {
  const { rate } = profileOf(profile);
  return requestsPerSecond === null ? [...rate] : [...rate, perSecond(requestsPerSecond)];
}

function perSecond(requests: number): RateBucket {
  return { methods: [], path: '', requests, perSeconds: 1, burst: Math.max(1, Math.floor(requests / 10)) };
}
