import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { IdentityEvent } from './identity.events.js';
import { nameKeyOf, type Identity } from './identity.js';

/** What is kept of a name key: it says whether a name was given before, and not which. */
export const formerDigest = (key: string): string => `sha256(convert_to('user name ' || ${key}, 'UTF8'))`;

/**
 * Names that were given up, as digests: no made name is given twice. It is not kept whose they were where several people
 * had one, or where the person is forgotten.
 */
export const formerNames: ReadModel<Identity, IdentityEvent> = {
  name: 'former-name',
  tables: ['former_name'],
  notDerived: { 'former_name.identity_id': 'of people who were forgotten after they had the name' },
  write: (changes, work) => {
    const givenUp = changes.flatMap(namesGivenUp);
    if (givenUp.length > 0)
      work.run(
        `insert into former_name (digest, identity_id)
         select ${formerDigest('x.key')}, case when count(distinct x.id) = 1 then min(x.id)::uuid end
         from jsonb_to_recordset($1::jsonb) as x(key text, id text) group by x.key order by 1
         on conflict (digest) do update set identity_id = null where former_name.identity_id <> excluded.identity_id`,
        [JSON.stringify(givenUp)],
      );
    const forgotten = changes.filter(({ after }) => after.status !== 'absent' && after.person === null);
    if (forgotten.length > 0)
      work.run(
        `insert into former_name (digest, identity_id)
         select ${formerDigest('user_name_key')}, null::uuid from identity where id = any($1::uuid[]) and user_name_key is not null
         union select digest, null from former_name where identity_id = any($1::uuid[])
         on conflict (digest) do update set identity_id = null`,
        [forgotten.map(({ id }) => id)],
      );
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
