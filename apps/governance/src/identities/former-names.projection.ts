import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { IdentityEvent } from './identity.events.js';
import { nameKeyOf, type Identity } from './identity.js';

/** What is kept of a name key: it says whether a name was given before, and not which. */
export const formerDigest = (key: string): string => `sha256(convert_to('user name ' || ${key}, 'UTF8'))`;

/**
 * Names that were given up, as digests: no made name is given twice. Those of a forgotten person move to `forgotten_name`,
 * which does not say whose they were.
 */
export const formerNames: ReadModel<Identity, IdentityEvent> = {
  name: 'former-name',
  tables: ['former_name'],
  write: (changes, work) => {
    const givenUp = changes.flatMap(namesGivenUp);
    if (givenUp.length > 0)
      work.run(
        `insert into former_name (digest, identity_id)
         select ${formerDigest('x.key')}, x.id from jsonb_to_recordset($1::jsonb) as x(key text, id uuid) order by 1, 2
         on conflict (digest, identity_id) do nothing`,
        [JSON.stringify(givenUp)],
      );
  },
  restore: (changes, work, fold) => {
    formerNames.write(changes, work, fold);
    const forgotten = changes.filter(({ after }) => after.status !== 'absent' && after.person === null);
    if (forgotten.length === 0) return;
    const ids = forgotten.map(({ id }) => id);
    work.run(
      `insert into forgotten_name (digest)
       select ${formerDigest('user_name_key')} from identity where id = any($1::uuid[]) and user_name_key is not null
       union select digest from former_name where identity_id = any($1::uuid[])
       on conflict (digest) do nothing`,
      [ids],
    );
    work.run(`delete from former_name where identity_id = any($1::uuid[])`, [ids]);
  },
};

/** The names that a person had, and has no more. */
function namesGivenUp({ id, before, after, facts }: Change<Identity, IdentityEvent>): { key: string; id: string }[] {
  const states: Identity[] = [
    before,
    ...facts.map(({ data, personal }) => ({ ...data, person: personal.identity.fields })),
  ];
  const known = states.flatMap((state) => (state.status === 'absent' ? [] : (nameKeyOf(state) ?? [])));
  const now = after.status === 'absent' ? null : nameKeyOf(after);
  return [...new Set(known)].filter((key) => key !== now).map((key) => ({ key, id }));
}
