import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Account } from './account-state.js';
import type { AccountEvent } from './account.events.js';
import { outcomes } from './account.published.js';

/** The provisioning log: one row for each outcome of an operation. */
export const operationRows: ReadModel<Account, AccountEvent> = {
  name: 'operation',
  tables: ['operation'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ facts }) => facts.flatMap(rowOf));
    if (rows.length === 0) return;
    work.run(
      `insert into operation (connector, identity_id, version, id, operation, fact, kind, account_id, entitlement_kind, entitlement_name,
         status, code, effect, seen, because, at, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(connector text, identity_id uuid, version int, id uuid, operation uuid, fact text,
         kind text, account_id text, entitlement_kind text, entitlement_name text, status int, code text, effect text, seen text, because uuid[],
         at timestamptz)
       on conflict (identity_id, connector, version) do update set id = excluded.id, operation = excluded.operation, fact = excluded.fact,
         kind = excluded.kind, account_id = excluded.account_id, entitlement_kind = excluded.entitlement_kind,
         entitlement_name = excluded.entitlement_name, status = excluded.status, code = excluded.code, effect = excluded.effect,
         seen = excluded.seen, because = excluded.because, at = excluded.at, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};

/** A fact that is the outcome of an operation. */
type Outcome = Extract<AccountEvent, { readonly type: keyof typeof outcomes }>;

const isOutcome = (event: AccountEvent): event is Outcome => Object.hasOwn(outcomes, event.type);

function rowOf(fact: RecordedFact<AccountEvent>) {
  if (!isOutcome(fact)) return [];
  const { data } = fact;
  const { kind, name } = entitlementOf('', data.entitlement);
  return [
    {
      connector: data.connector,
      identity_id: data.identityId,
      version: fact.version,
      id: fact.id,
      operation: data.operation,
      fact: fact.type,
      kind: data.kind,
      account_id: data.accountId,
      entitlement_kind: kind,
      entitlement_name: name,
      status: data.status,
      code: 'code' in data ? data.code : null,
      effect: 'effect' in data ? data.effect : null,
      seen: 'seen' in data ? data.seen : null,
      because: data.because,
      at: fact.occurredAt,
    },
  ];
}
