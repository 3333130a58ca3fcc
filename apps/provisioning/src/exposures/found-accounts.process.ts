import { Injectable } from '@nestjs/common';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Causation } from '#libs/event-store/core.js';
import type { Work } from '#libs/event-store/work.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { end, expose } from './exposure.js';
import { ExposureRows } from './exposures.query.js';
import { Exposures } from './exposures.stream.js';

/** A usable account that a reading showed and that should not be usable. */
export interface FoundAccount {
  /** The application's own id. */
  readonly accountId: string;
  /** `ghost`: of somebody who left; `orphan`: of nobody who is known. */
  readonly kind: 'ghost' | 'orphan';
  /** Who left; null for an orphan. */
  readonly identityId: string | null;
  /** What it gives, with the account first. */
  readonly entitlements: readonly EntitlementFields[];
  /** When the person left; for an orphan when it was found. */
  readonly decidedAt: string;
}

/** A complete reading of one application. */
export interface CompleteReading {
  /** Id of the event that tells of it. */
  readonly id: string;
  readonly connector: string;
  readonly application: string;
  readonly at: string;
}

/** Exposures of accounts that the hub does not manage: a complete reading opens them, and a later one proves that they are gone. */
@Injectable()
export class FoundAccounts {
  constructor(
    private readonly rows: ExposureRows,
    private readonly exposures: Exposures,
    private readonly settings: ServiceSettings,
  ) {}

  /** @param found every ghost and orphan that this reading showed as usable: what was open and is not among them has ended */
  async stage(
    work: Work,
    reading: CompleteReading,
    found: readonly FoundAccount[],
    causation: Causation,
  ): Promise<void> {
    const { connector, application, at, id: proof } = reading;
    const known = await this.rows.openFound(connector);
    const byId = new Map(found.map((one) => [Exposures.idOfFound(connector, one.accountId), one]));
    const loaded = await this.exposures.loadMany([...new Set([...known, ...byId.keys()])]);
    for (const [id, exposure] of loaded) {
      const one = byId.get(id);
      const limit = { withinMs: this.settings.revocationWithinMs, at };
      const events =
        one === undefined
          ? end({ how: 'read', id: proof }, at, exposure.state)
          : expose({ exposure: id, connector, application, code: 'found', ...one }, limit, exposure.state);
      if (events.length > 0) this.exposures.stage(work, exposure, events, causation);
    }
  }
}
