import { packageVersionReleased, type PackageVersionReleasedMessage } from '#libs/contracts/operators.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { PackageVersionReleased } from './package-release.events.js';

/** Each release is one message on `hub.operators`. */
export function publishedPackageRelease(fact: RecordedFact<PackageVersionReleased>): PublicMessage[] {
  const { packageId: key, version, releasedBy, releasedAt } = fact.data;
  const body: PackageVersionReleasedMessage = {
    ...{ package: key, version, releasedBy, releasedAt },
    ...(fact.personal?.reason.fields ?? {}),
  };
  return [messageOf(serviceName, fact, { topic: topics.operators, type: packageVersionReleased, key, body })];
}
