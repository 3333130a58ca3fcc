import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { generateNoteKey, noteSigner, vkeyOf, type NoteSigner } from '#libs/merkle-log/note.js';
import { Clock } from '#libs/system/clock.js';

export interface LogKey {
  /** Name of the log in its checkpoints. */
  readonly origin: string;
  readonly signer: NoteSigner;
  /** What checkpoints are verified with (C2SP signed note verifier key). */
  readonly vkey: string;
}

const sealContext = 'audit/log-key';

/**
 * The key that signs checkpoints. It is created at the first start, encrypted with the master key, and never changes.
 */
@Injectable()
export class LogKeys {
  private known: Promise<LogKey> | undefined;

  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<LogKey> {
    this.known ??= this.read().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return await this.known;
  }

  private async read(): Promise<LogKey> {
    const select = `select origin, sealed from log_key`;
    type Row = { origin: string; sealed: string };
    let [row] = await this.db.query<Row>(select);
    if (row === undefined) {
      const sealed = this.masterKey.seal(generateNoteKey(), sealContext);
      await this.db.query(
        `insert into log_key (origin, sealed, created_at) values ($1, $2, $3::timestamptz) on conflict do nothing`,
        [`identity-hub/audit/${uuidv7()}`, sealed, this.clock.now()],
      );
      [row] = await this.db.query<Row>(select);
    }
    if (row === undefined) throw new Error('the log has no key');
    const signer = noteSigner(row.origin, this.masterKey.open(row.sealed, sealContext));
    return { origin: row.origin, signer, vkey: vkeyOf(signer) };
  }
}
