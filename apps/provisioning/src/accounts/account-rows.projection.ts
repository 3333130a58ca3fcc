import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Account } from './account-state.js';
import type { AccountEvent } from './account.events.js';

/** One row for each account, with its whole state: what the next decision starts from. */
export const accountRows: ReadModel<Account, AccountEvent> = {
  name: 'account',
  tables: ['account'],
  write: (changes, work, fold) => {
    work.run(
      `insert into account as a (connector, identity_id, version, application, account_id, status, user_name, state, updated_at, unverified, delete_at, fold)
       select u.*, ${fold} from unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::timestamptz[], $10::boolean[], $11::timestamptz[]) as u
       on conflict (connector, identity_id) do update set version = excluded.version, application = excluded.application,
         account_id = excluded.account_id, status = excluded.status, user_name = excluded.user_name, state = excluded.state,
         updated_at = excluded.updated_at, unverified = excluded.unverified, delete_at = excluded.delete_at, fold = excluded.fold`,
      [
        changes.map(({ id }) => id.slice(uuidLength + 1)),
        changes.map(({ id }) => id.slice(0, uuidLength)),
        changes.map(({ version }) => version),
        changes.map(({ facts }) => facts.at(-1)?.data.application ?? ''),
        changes.map(({ after }) => after.accountId),
        changes.map(({ after }) => after.status),
        changes.map(({ after }) => userNameOf(after)),
        changes.map(({ after }) => JSON.stringify(after)),
        changes.map(({ facts }) => facts.at(-1)?.occurredAt ?? null),
        changes.map(({ after }) => Object.keys(after.unverified).length > 0),
        changes.map(({ after }) => after.deletion?.dueAt ?? null),
      ],
    );
  },
};

const uuidLength = 36;

function userNameOf({ written, open }: Account): string | null {
  const name = written['userName'] ?? open?.written?.['userName'];
  return typeof name === 'string' ? name : null;
}
