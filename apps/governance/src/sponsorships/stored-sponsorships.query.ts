import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Loaded, StoredState } from '#libs/event-store/event-stream.js';
import type { Sponsorship } from './sponsorship.js';
import { Sponsorships } from './sponsorships.stream.js';

/** Finds sponsorships by contractor and by sponsor, with one query each. */
@Injectable()
export class StoredSponsorships {
  constructor(
    private readonly db: Database,
    private readonly sponsorships: Sponsorships,
  ) {}

  /** Of these contractors. */
  async of(identityIds: readonly string[]): Promise<Map<string, Loaded<Sponsorship>>> {
    return await this.where('identity_id = any($1::uuid[])', identityIds);
  }

  /** Of contractors whom one of these people sponsors, or sponsored last, with nobody after. */
  async sponsoredBy(sponsorIds: readonly string[]): Promise<Map<string, Loaded<Sponsorship>>> {
    const last = `sponsor_id is null and (state ->> 'formerId')::uuid = any($1::uuid[])`;
    return await this.where(`status = 'open' and (sponsor_id = any($1::uuid[]) or (${last}))`, sponsorIds);
  }

  /** Of contractors for whom HR names one of these numbers as sponsor. */
  async statedAs(numbers: readonly string[]): Promise<Map<string, Loaded<Sponsorship>>> {
    return await this.where(`status = 'open' and state ->> 'stated' = any($1::text[])`, numbers);
  }

  private async where(condition: string, named: readonly string[]): Promise<Map<string, Loaded<Sponsorship>>> {
    const rows = await this.db.query<StoredState & Record<string, unknown>>(
      `select identity_id as id, version, fold, state from sponsorship where ${condition}`,
      [named],
    );
    return new Map((await this.sponsorships.loadRows(rows)).map((one) => [one.id, one]));
  }
}
