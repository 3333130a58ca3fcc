import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { valueDigest } from './given-values.projection.js';
import { valueKey } from './unique-value.js';

/** Values that a mapping chose for somebody. None is ever given to another person, in whichever application. */
@Injectable()
export class GivenValues {
  constructor(private readonly db: Database) {}

  /** Takes the value for this person, at once and for ever; false if it is somebody else's. */
  async claim(identityId: string, value: string): Promise<boolean> {
    const rows = await this.db.query<{ identity_id: string | null }>(
      `with taken as (insert into given_value (digest, identity_id) values (${valueDigest('$1::text')}, $2::uuid)
         on conflict (digest) do nothing returning identity_id)
       select identity_id from taken union all select identity_id from given_value where digest = ${valueDigest('$1::text')}`,
      [valueKey(value), identityId],
    );
    return rows.some((row) => row.identity_id === identityId);
  }

  /** Those of these values that are somebody else's. */
  async ofOthers(identityId: string, values: readonly string[]): Promise<ReadonlySet<string>> {
    if (values.length === 0) return new Set();
    const rows = await this.db.query<{ value: string }>(
      `select v.value from unnest($1::text[], $2::text[]) as v(value, key)
       join given_value g on g.digest = ${valueDigest('v.key')} and g.identity_id is distinct from $3::uuid`,
      [[...values], values.map(valueKey), identityId],
    );
    return new Set(rows.map(({ value }) => value));
  }
}
