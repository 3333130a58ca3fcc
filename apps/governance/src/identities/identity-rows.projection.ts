import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { IdentityEvent } from './identity.events.js';
import {
  attributesOf,
  liveNumbersOf,
  managerNumberOf,
  numbersOf,
  type Identity,
  addressKeyOf,
  nameKeyOf,
} from './identity.js';

/** One row for each identity, with its whole state: filters, managers and names are looked up here. */
export const identityRows: ReadModel<Identity, IdentityEvent> = {
  name: 'identity',
  tables: ['identity'],
  write: (changes, work, fold) =>
    work.run(
      `insert into identity as i (id, version, status, user_name, user_name_key, address_key, numbers, live_numbers, manager_number, manager_id, attributes, state, fold)
       select x.id, x.version, x.status, x."userName", x."userNameKey", x."addressKey",
         array(select jsonb_array_elements_text(x.numbers)), array(select jsonb_array_elements_text(x."liveNumbers")), x."managerNumber", x."managerId", x.attributes, x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, status text, "userName" text, "userNameKey" text, "addressKey" text, numbers jsonb,
         "liveNumbers" jsonb, "managerNumber" text, "managerId" uuid, attributes jsonb, state jsonb)
       on conflict (id) do update set version = excluded.version, status = excluded.status, user_name = excluded.user_name,
         user_name_key = case when i.user_name_key = excluded.user_name_key || ' ' || i.id then i.user_name_key else excluded.user_name_key end, address_key = excluded.address_key,
         numbers = excluded.numbers, live_numbers = excluded.live_numbers, manager_number = excluded.manager_number,
         manager_id = excluded.manager_id, attributes = excluded.attributes, state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(changes.flatMap(rowOf))],
    ),
};

function rowOf({ id, after, version }: Change<Identity, IdentityEvent>): object[] {
  if (after.status === 'absent') return [];
  const attributes = attributesOf(after);
  return [
    {
      id,
      version,
      status: after.status,
      userName: after.person?.userName ?? null,
      userNameKey: nameKeyOf(after),
      addressKey: addressKeyOf(after),
      numbers: numbersOf(after),
      liveNumbers: liveNumbersOf(after),
      managerNumber: managerNumberOf(after),
      managerId: after.managerId,
      attributes: attributes ?? {},
      state: after,
    },
  ];
}
