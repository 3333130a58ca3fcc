import { account } from './account.js';

/**
 * SQL of whose account may still be used although they left: rows `d` (desired), `p` (application), `a` (account). It is known as
 * active, or its creation or enabling got no answer, or another fold wrote the row. Reads what is open, not all who ever left.
 */
export const stillEnabled = `desired d
  join application p on p.id = d.application
  join account a on a.connector = p.connector_id and a.identity_id = d.identity_id and a.application = d.application
    and d.body->>'status' = 'leaver' and (d.dirty or d.parked_code is not null or d.dismissed_code is not null)
    and (a.status = 'active' or a.state->'open'->>'kind' in ('create-account', 'enable-account')
      or (a.state->>'unkept' is not null and a.status <> 'disabled') or a.fold <> ${account.version})`;
