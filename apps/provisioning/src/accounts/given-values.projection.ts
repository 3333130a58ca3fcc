import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Account } from './account-state.js';
import type { AccountEvent } from './account.events.js';
import { valueKey } from './unique-value.js';

/** What is kept of a value: it says whether it was given, and not which it is. */
export const valueDigest = (key: string): string => `sha256(convert_to('value ' || ${key}, 'UTF8'))`;

/** Values that were chosen for an account, as digests. It is not kept whose those of a forgotten person were. */
export const givenValues: ReadModel<Account, AccountEvent> = {
  name: 'given-value',
  tables: ['given_value'],
  notDerived: { 'given_value.identity_id': 'of people who were forgotten after the value was given to them' },
  write: (changes, work) => {
    const given = changes.flatMap(({ facts }) => facts.flatMap(chosenIn));
    if (given.length > 0)
      work.run(
        `insert into given_value (digest, identity_id)
         select distinct on (1) ${valueDigest('x.key')}, x.id from jsonb_to_recordset($1::jsonb) as x(key text, id uuid) order by 1
         on conflict (digest) do nothing`,
        [JSON.stringify(given)],
      );
  },
  restore: (changes, work, fold) => {
    givenValues.write(changes, work, fold);
    const forgotten = changes.flatMap(({ facts }) => facts.flatMap(forgottenIn));
    if (forgotten.length > 0)
      work.run(`update given_value set identity_id = null where identity_id = any($1::uuid[])`, [
        [...new Set(forgotten)],
      ]);
  },
};

function chosenIn(fact: AccountEvent): { readonly key: string; readonly id: string }[] {
  if (fact.type !== 'WriteStarted') return [];
  const written = fact.personal.account.fields?.written ?? {};
  return (fact.data.unique ?? []).flatMap((target) => {
    const value = written[target];
    return typeof value === 'string' ? [{ key: valueKey(value), id: fact.data.identityId }] : [];
  });
}

function forgottenIn(fact: AccountEvent): string[] {
  const isForgotten = fact.type === 'WriteStarted' && fact.personal.account.fields === null;
  return isForgotten && fact.data.unique !== undefined ? [fact.data.identityId] : [];
}
