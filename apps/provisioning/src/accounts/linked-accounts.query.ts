import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { isUuid } from '#libs/event-store/ids.js';

/** Which accounts of an application belong to which people here. */
@Injectable()
export class LinkedAccounts {
  constructor(private readonly db: Database) {}

  /** Is the account linked to somebody else, unless a person said that it is this one's, or does it carry the id of somebody else? */
  async isOfAnother(
    connector: string,
    { id, externalId }: { readonly id: string; readonly externalId?: string },
    identityId: string,
  ): Promise<boolean> {
    const carried = externalId !== undefined && externalId !== identityId && isUuid(externalId) ? externalId : null;
    const [row] = await this.db.query<{ found: boolean }>(
      `select exists (select from account where connector = $1 and account_id = $2 and identity_id <> $3::uuid and not exists (
           select from account_ownership w where w.connector = $1 and w.account_id = $2 and w.decision = 'person' and w.identity_id = $3::uuid))
         or exists (select from desired d join application p on p.id = d.application where p.connector_id = $1 and d.identity_id = $4::uuid) as found`,
      [connector, id, identityId, carried],
    );
    return row?.found === true;
  }
}
