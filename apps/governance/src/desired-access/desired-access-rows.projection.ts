import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { DesiredAccessEvent } from './desired-access.events.js';
import type { DesiredAccess } from './desired-access.js';
import { publishedDesiredAccess } from './desired-access.published.js';

/** The newest public message of each identity and application, envelope and all, so that it can be published again. */
export const desiredAccessRows: ReadModel<DesiredAccess, DesiredAccessEvent> = {
  name: 'desired_access',
  tables: ['desired_access'],
  write: (changes, work, fold) =>
    work.run(
      `insert into desired_access (application, identity_id, version, message, fold)
       select x.application, x.identity, x.version, x.message, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(application text, identity uuid, version int, message jsonb)
       on conflict (application, identity_id) do update set version = excluded.version, message = excluded.message, fold = excluded.fold`,
      [
        JSON.stringify(
          changes.flatMap(({ version, after, facts }) => {
            const last = facts.at(-1);
            if (after === null || last === undefined) return [];
            const { application, identity } = after;
            return [{ application, identity, version, message: publishedDesiredAccess(last)[0] }];
          }),
        ),
      ],
    ),
};
