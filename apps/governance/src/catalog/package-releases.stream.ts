import { Injectable } from '@nestjs/common';
import type { Fold, Recorded } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { packageReleaseRows } from './package-release-rows.projection.js';
import type { VersionRelease } from '../policy/policy.exports.js';
import type { PackageVersionReleased } from './package-release.events.js';

const released: Fold<VersionRelease | null, PackageVersionReleased> = {
  version: 1,
  initial: null,
  evolve: (_, event) => ({ version: event.data.version, by: event.data.releasedBy, origin: originOf(event) }),
};

/** What reaches people follows from the release; where the definition released it, from the definition. */
function originOf({
  data,
  id,
  causationId,
  correlationId,
}: PackageVersionReleased & Partial<Recorded>): VersionRelease['origin'] {
  const cause = data.withDefinition === true ? (causationId ?? undefined) : id;
  return cause === undefined || correlationId === undefined ? null : { causationId: cause, correlationId };
}

/** Which versions of packages owners have released to those who held them before. */
@Injectable()
export class PackageReleases extends EventStream<VersionRelease | null, PackageVersionReleased> {
  constructor(store: EventStore) {
    super(store, { category: 'package-release', fold: released, readModels: [packageReleaseRows] });
  }
}
