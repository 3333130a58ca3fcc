import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { desiredChannel } from './desired-rows.js';
import { nameTakenCode } from './shared-name.js';

/** Somebody parked because another account has their userName. */
export interface WaitingForName {
  readonly identityId: string;
  readonly application: string;
  readonly name: string;
}

/** Names that pass from one account to another: who is to give one up, and who waits for one. */
@Injectable()
export class NameHandovers {
  private readonly logger = new Logger('provisioning.names');

  constructor(private readonly db: Database) {}

  /** An account that nobody may use is to take another name: it is due for that, also when it waits for a person. */
  async ask(connector: string, name: string, from: string, to: string, now: string): Promise<void> {
    const asked = await this.db.query(
      `update desired d set gives_up = lower($2), asked = d.asked + 1, dirty = true, attempts = 0, next_attempt_at = $4::timestamptz,
         parked_code = null, parked_detail = null, parked_at = null
       from application p
       where p.id = d.application and p.connector_id = $1 and d.identity_id = $3::uuid and d.gives_up is distinct from lower($2)
         and d.dismissed_code is null and coalesce(d.body->'accounts'->0->>'active', 'false') = 'false'
       returning d.identity_id`,
      [connector, name, from, now],
    );
    if (asked.length === 0) return;
    const message = 'an account that nobody may use gives its userName to another person';
    this.logger.log({ message, connector, identity: from, to });
    this.db.notifier.notify(desiredChannel);
  }

  /**
   * Accounts that wait for a name are due again if no account of ours has it any more, or if the person of its holder
   * changed.
   */
  async release(connector: string, now: string): Promise<number> {
    const released = await this.db.query(
      `update desired d set parked_code = null, parked_detail = null, parked_at = null, attempts = 0, next_attempt_at = $2::timestamptz
       from application p
       where p.connector_id = $1 and d.application = p.id and d.parked_code = '${nameTakenCode}' and not exists (
         select from account a left join desired o on o.identity_id = a.identity_id and o.application = a.application
         where a.connector = $1 and lower(a.user_name) = lower(d.wanted_name) and a.identity_id <> d.identity_id
           and a.account_id is not null and (o.received_at is null or o.received_at <= d.parked_at)
       ) returning d.identity_id`,
      [connector, now],
    );
    return released.length;
  }

  /** A page of those who wait, by identity. */
  async waiting(connector: string, after: string, limit: number): Promise<WaitingForName[]> {
    return await this.db.query<WaitingForName & Record<string, unknown>>(
      `select d.identity_id as "identityId", d.application, d.wanted_name as name
       from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.parked_code = '${nameTakenCode}' and d.wanted_name is not null and d.identity_id > $2::uuid
       order by d.identity_id limit $3`,
      [connector, after, limit],
    );
  }

  /** The application shows the name as free: this one is due again. */
  async free({ identityId, application }: WaitingForName, now: string): Promise<void> {
    await this.db.query(
      `update desired set parked_code = null, parked_detail = null, parked_at = null, attempts = 0, next_attempt_at = $3::timestamptz
       where application = $1 and identity_id = $2::uuid and parked_code = '${nameTakenCode}'`,
      [application, identityId, now],
    );
  }
}
