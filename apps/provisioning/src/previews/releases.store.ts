import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { desiredChannel } from '../accounts/accounts.exports.js';
import { connectorsChannel } from '../connectors/connectors.exports.js';

interface About {
  readonly connector: string;
  readonly preview: string;
}

/** How many people of a page were released, and how many changed meanwhile. */
export interface ReleasedPage {
  readonly done: number;
  readonly leftOut: number;
}

/** Who is released from observing, and who waits for the release of another preview. */
@Injectable()
export class Releases {
  constructor(private readonly db: Database) {}

  /** A person asked for the release of a preview that is ready. */
  begin(
    work: Work,
    preview: string,
    by: { readonly actor: string; readonly reason: string; readonly at: string },
  ): void {
    work.expect(
      `update preview set status = 'releasing', released_by = $2, reason = $3, release_at = $4::timestamptz where id = $1::uuid and status = 'ready'`,
      [preview, by.actor, by.reason, by.at],
      1,
      'a preview that is ready',
    );
  }

  free(work: Work, { connector, preview }: About, identities: readonly string[]): void {
    if (identities.length === 0) return;
    work.run(
      `insert into released_person (connector, identity_id, preview) select $1, unnest($2::uuid[]), $3::uuid
       on conflict (connector, identity_id) do update set preview = excluded.preview`,
      [connector, identities, preview],
    );
    work.run(`delete from awaiting_release where connector = $1 and identity_id = any($2::uuid[])`, [
      connector,
      identities,
    ]);
  }

  hold(work: Work, { connector, preview }: About, identities: readonly string[]): void {
    if (identities.length === 0) return;
    work.run(
      `insert into awaiting_release (connector, identity_id, preview) select $1, unnest($2::uuid[]), $3::uuid
       on conflict (connector, identity_id) do nothing`,
      [connector, identities, preview],
    );
  }

  count(work: Work, preview: string, { done, leftOut }: ReleasedPage): void {
    work.run(`update preview set done = done + $2::int, left_out = left_out + $3::int where id = $1::uuid`, [
      preview,
      done,
      leftOut,
    ]);
  }

  /** These people changed since the preview was made. */
  mark(work: Work, preview: string, leftOut: readonly string[]): void {
    if (leftOut.length === 0) return;
    work.run(`update preview_item set left_out = true where preview = $1::uuid and identity_id = any($2::uuid[])`, [
      preview,
      leftOut,
    ]);
  }

  /** People of whom something is desired since the preview was made, and who are not in it. */
  async newcomers(connector: string, preview: string): Promise<string[]> {
    const rows = await this.db.query<{ identity: string }>(
      `select d.identity_id as identity from desired d join application p on p.id = d.application join preview v on v.id = $2::uuid
       where p.connector_id = $1 and d.received_at > v.made_at
         and not exists (select from preview_item i where i.preview = v.id and i.identity_id = d.identity_id)`,
      [connector, preview],
    );
    return rows.map(({ identity }) => identity);
  }

  async anyLeftOut(preview: string): Promise<boolean> {
    const rows = await this.db.query(`select 1 as one from preview where id = $1::uuid and left_out > 0`, [preview]);
    return rows.length > 0;
  }

  /** The last page is done. One statement writes a row once: its counts are those of this page, too. */
  finish(
    work: Work,
    preview: string,
    { at, done, leftOut, next }: ReleasedPage & { readonly at: string; readonly next: string | null },
  ): void {
    work.run(
      `update preview set status = 'released', released_at = $2::timestamptz, done = done + $5::int, left_out = left_out + $3::int, next = $4::uuid
       where id = $1::uuid`,
      [preview, at, leftOut, next, done],
    );
    work.onCommitted(() => {
      this.db.notifier.notify(connectorsChannel);
      this.db.notifier.notify(desiredChannel);
    });
  }
}
