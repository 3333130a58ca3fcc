import { hasShape, parsed } from '#libs/event-store/core.js';
import type { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { MasterKey } from '#libs/event-store/master-key.js';
import type { Clock } from '#libs/system/clock.js';

export interface AnswerKey {
  /** UUID of the token's subject at its issuer. */
  readonly caller: string;
  readonly route: string;
  readonly key: string;
  /** Digest of everything that identifies the request. */
  readonly fingerprint: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Digest of the request's body where the route read it as a stream; null where it is in the fingerprint. */
  readonly streamed: string | null;
}

const isStoredAnswer = hasShape<StoredAnswer>({ status: 'number', headers: 'object', streamed: 'any' });

export type Claim =
  | { readonly status: 'running' | 'another-request' }
  /**
   * `effect` is the id of the object that the request creates; with `again` the former id, if its outcome is unknown.
   */
  | { readonly status: 'ours'; readonly effect: string; readonly again: boolean }
  | { readonly status: 'answered'; readonly answer: StoredAnswer };

/** Answers by `Idempotency-Key`, sealed: they may hold personal data, and are gone after 24 hours. */
export class AnswerTable {
  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the key if it is free, or if the same request left it without an answer; also deletes a few expired keys.
   * @param left the former holder is known to be gone
   */
  async claim({ caller, route, key, fingerprint }: AnswerKey, left = false): Promise<Claim> {
    const now = this.clock.now();
    const fresh = uuidv7();
    const [won] = await this.db.query<{ effect: string }>(
      `with outdated as (
         delete from idempotent_answer where (caller, route, key) in (
           select caller, route, key from idempotent_answer
           where expires_at < $5::timestamptz and (caller, route, key) <> ($1::uuid, $2::text, $3::text)
           limit 20 for update skip locked))
       insert into idempotent_answer as a (caller, route, key, fingerprint, running_until, expires_at, effect)
       values ($1::uuid, $2::text, $3::text, $4, $5::timestamptz + interval '1 minute', $5::timestamptz + interval '24 hours', $6)
       on conflict (caller, route, key) do update set fingerprint = excluded.fingerprint, answer = null,
         running_until = excluded.running_until, expires_at = excluded.expires_at,
         effect = case when a.expires_at < $5::timestamptz then excluded.effect else a.effect end
       where a.expires_at < $5::timestamptz
         or (a.answer is null and a.fingerprint = excluded.fingerprint and (a.running_until < $5::timestamptz or $7))
       returning effect`,
      [caller, route, key, fingerprint, now, fresh, left],
    );
    if (won !== undefined) return { status: 'ours', effect: won.effect, again: won.effect !== fresh };
    const [row] = await this.db.query<{ fingerprint: string; answer: string | null }>(
      `select fingerprint, answer from idempotent_answer where (caller, route, key) = ($1, $2, $3)`,
      [caller, route, key],
    );
    if (row !== undefined && row.fingerprint !== fingerprint) return { status: 'another-request' };
    if (row === undefined || row.answer === null) return { status: 'running' };
    const context = contextOf(caller, route, key);
    return {
      status: 'answered',
      answer: parsed('a stored answer', isStoredAnswer, JSON.parse(this.masterKey.open(row.answer, context))),
    };
  }

  async store({ caller, route, key }: AnswerKey, answer: StoredAnswer): Promise<void> {
    const sealed = this.masterKey.seal(JSON.stringify(answer), contextOf(caller, route, key));
    await this.db.query(`update idempotent_answer set answer = $4 where (caller, route, key) = ($1, $2, $3)`, [
      caller,
      route,
      key,
      sealed,
    ]);
  }

  /** Still running: nobody may take it over for another minute. */
  async renew({ caller, route, key }: AnswerKey): Promise<void> {
    await this.db.query(
      `update idempotent_answer set running_until = $4::timestamptz + interval '1 minute' where (caller, route, key) = ($1, $2, $3)`,
      [caller, route, key, this.clock.now()],
    );
  }

  /**
   * The former process is dead and no other one holds a key: its requests without an answer may be repeated at once.
   */
  async takeOver(): Promise<void> {
    await this.db.query(`update idempotent_answer set running_until = 'epoch' where answer is null`);
  }

  /** The request did nothing: the key is free again. */
  async release({ caller, route, key }: AnswerKey): Promise<void> {
    await this.db.query(`delete from idempotent_answer where (caller, route, key) = ($1, $2, $3) and answer is null`, [
      caller,
      route,
      key,
    ]);
  }
}

const contextOf = (caller: string, route: string, key: string): string => `idempotent-answer/${caller}${route}/${key}`;
