import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { SponsorshipEvent } from './sponsorship.events.js';
import type { Sponsorship } from './sponsorship.js';

/** One row for each person who is, or was, a contractor. */
export const sponsorshipRows: ReadModel<Sponsorship, SponsorshipEvent> = {
  name: 'sponsorship',
  tables: ['sponsorship'],
  write: (changes, work, fold) =>
    work.run(
      `insert into sponsorship (identity_id, version, status, sponsor_id, ends_at, state, fold)
       select x.id, x.version, x.state ->> 'status', (x.state ->> 'sponsorId')::uuid, (x.state ->> 'endsAt')::timestamptz,
         x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, state jsonb)
       on conflict (identity_id) do update set version = excluded.version, status = excluded.status,
         sponsor_id = excluded.sponsor_id, ends_at = excluded.ends_at, state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(changes.map(({ id, version, after: state }) => ({ id, version, state })))],
    ),
};
