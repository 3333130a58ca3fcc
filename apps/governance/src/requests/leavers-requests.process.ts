import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { attributesOf, type Identity, type IdentityStep } from '../identities/identities.exports.js';
import type { AccessRequest } from './access-request.js';
import { CurrentCatalog, isRescinded } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { cancelForLeaver, reopen, type Rescinded } from './open-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { cancelledRequests, openRequests } from './open-requests.query.js';
import { RequestTimers } from './request-timers.process.js';

interface Cancellation {
  readonly code: 'beneficiary_left' | 'beneficiary_locked_down';
  readonly causation: Causation;
  readonly at: string;
}

/** Cancels what is open for people who leave, in the work that records their leaving. */
@Injectable()
export class LeaversRequests {
  constructor(
    private readonly db: Database,
    private readonly requests: AccessRequests,
    private readonly timers: RequestTimers,
    private readonly catalog: CurrentCatalog,
  ) {}

  /** Open requests by beneficiary, in one query. */
  async openFor(identityIds: readonly string[]): Promise<Map<string, Loaded<AccessRequest>[]>> {
    if (identityIds.length === 0) return new Map();
    const rows = await openRequests(this.db, identityIds);
    const beneficiaries = new Map(rows.map(({ id, beneficiary_id: of }) => [id, of]));
    return Map.groupBy(await this.requests.loadRows(rows), ({ id }) => beneficiaries.get(id) ?? '');
  }

  /** In the work that records these changes of identities. */
  async follow(work: Work, steps: readonly IdentityStep[], at: string): Promise<void> {
    const left = steps.filter(({ before, now }) => before.status !== 'inactive' && now.status === 'inactive');
    const open = await this.openFor(left.map(({ identityId }) => identityId));
    for (const { identityId, now, causation } of left) {
      const code = now.lockedDown === true ? 'beneficiary_locked_down' : 'beneficiary_left';
      this.cancel(work, open.get(identityId) ?? [], { code, causation, at });
      open.delete(identityId);
    }
    await this.reopen(
      work,
      steps.filter(({ before, now }) => now.status !== 'inactive' && isRescinded(before, now)),
      at,
    );
  }

  /** Those of people whose termination did not hold wait again. */
  private async reopen(work: Work, back: readonly IdentityStep[], at: string): Promise<void> {
    if (back.length === 0) return;
    const rows = await cancelledRequests(
      this.db,
      back.map(({ identityId }) => identityId),
    );
    const [cancelled, catalog] = await Promise.all([this.requests.loadRows(rows), this.catalog.current()]);
    for (const loaded of cancelled) {
      const { state } = loaded;
      const step = 'request' in state ? back.find((one) => one.identityId === state.request.beneficiaryId) : undefined;
      if (step === undefined || !('request' in state) || !isOffered(state.request.packageId, catalog)) continue;
      const facts = reopen(rescindedOf(step.before), at, state);
      this.requests.stage(work, loaded, facts, step.causation);
      for (const { data } of facts) this.timers.open(work, loaded.id, at, data.dueAt);
    }
  }

  cancel(work: Work, open: readonly Loaded<AccessRequest>[], { code, causation, at }: Cancellation): void {
    for (const loaded of open) {
      this.requests.stage(work, loaded, cancelForLeaver(code, at, loaded.state), causation);
      this.timers.close(work, loaded.id);
    }
  }
}

const isOffered = (packageId: string, catalog: CatalogSnapshot): boolean =>
  catalog.accessPackage(packageId)?.document.status === 'published';

function rescindedOf(before: Identity): Rescinded {
  if (before.status === 'absent') return { leftAt: '', hireDate: '' };
  const ends = (before.person?.tokenSubjects ?? []).map(({ until }) => until ?? '').sort();
  return { leftAt: ends.at(-1) ?? '', hireDate: attributesOf(before)?.hireDate ?? '' };
}
