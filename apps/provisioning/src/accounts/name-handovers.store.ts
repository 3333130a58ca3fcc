import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { desiredChannel } from './desired-work.store.js';
import { askToGiveUp, releaseFreeNames, releaseName } from './due-again.store.js';
import { nameTakenCode } from './shared-name.js';

/** Somebody parked because another account has their userName. */
export interface WaitingForName {
  readonly identityId: string;
  readonly application: string;
  readonly name: string;
}

/** Names that move from one account to another: which account gives one up, and which waits for one. */
@Injectable()
export class NameHandovers {
  private readonly logger = new Logger('provisioning.names');

  constructor(private readonly db: Database) {}

  /** An account that nobody may use is to take another name: it is due for that, also when it waits for a person. */
  async ask(connector: string, name: string, from: string, to: string, now: string): Promise<void> {
    if (!(await askToGiveUp(this.db, { connector, name, identityId: from }, now))) return;
    const message = 'an account that nobody may use gives its userName to another person';
    this.logger.log({ message, connector, identity: from, to });
    this.db.notifier.notify(desiredChannel);
  }

  /**
   * Accounts that wait for a name are due again if no account of ours has it any more, or if the person of its holder
   * changed.
   */
  async release(connector: string, now: string): Promise<number> {
    return await releaseFreeNames(this.db, connector, now);
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
  async free(one: WaitingForName, now: string): Promise<void> {
    await releaseName(this.db, one, now);
  }
}
