import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { SecretUsed } from '#libs/outgoing/credentials.js';
import { Clock } from '#libs/system/clock.js';
import type { ConnectorAuth } from './connector-document.js';

/** What `auth` is in a row: another one says nothing about this one. Secrets are in it as they are stored. */
export const authKey = (auth: ConnectorAuth): string => createHash('sha256').update(JSON.stringify(auth)).digest('hex');

/** Which secret of each connector its application accepted last; written when it changes. */
@Injectable()
export class AcceptedSecrets {
  private readonly logger = new Logger('provisioning.credentials');
  private readonly known = new Map<string, string>();

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** Notes what calls with this `auth` were accepted with. */
  of(connector: string, auth: ConnectorAuth): (secret: SecretUsed) => void {
    const key = authKey(auth);
    return (secret) => {
      const now = `${key} ${secret}`;
      if (this.known.get(connector) === now) return;
      this.known.set(connector, now);
      this.write(connector, key, secret);
    };
  }

  private write(connector: string, key: string, secret: SecretUsed): void {
    this.db
      .query(
        `insert into connector_secret as s (connector, auth, accepted, since) values ($1, $2, $3, $4::timestamptz)
         on conflict (connector) do update set auth = excluded.auth, accepted = excluded.accepted, since = excluded.since
         where (s.auth, s.accepted) is distinct from (excluded.auth, excluded.accepted)`,
        [connector, key, secret, this.clock.now()],
      )
      .catch((error: unknown) => {
        this.known.delete(connector);
        this.logger.warn({
          message: 'which secret counts was not stored; the next call stores it',
          connector,
          err: error,
        });
      });
  }
}
