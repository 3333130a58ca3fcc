import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { leftBody, type NewestDesired } from './goal.js';

/** What a row of desired access has, as it is read beside other columns. */
export interface DesiredRow {
  readonly epoch: number;
  readonly sequence: number;
  readonly message_id: string;
  readonly body: DesiredAccessMessage;
  readonly manager_account: string | null;
}

/** The newest desired access of somebody, from such a row. */
export function newestDesired(
  identityId: string,
  { epoch, sequence, message_id: messageId, body, manager_account: managerAccount }: DesiredRow,
): NewestDesired {
  return { identityId, messageId, epoch, sequence, body, managerAccount };
}

/** The same where there may be no such row: then nobody is to have anything. */
export function desiredOrNothing(
  identityId: string,
  application: string,
  row: { readonly [Column in keyof DesiredRow]?: DesiredRow[Column] | null },
): NewestDesired {
  return newestDesired(identityId, {
    epoch: row.epoch ?? 0,
    sequence: row.sequence ?? 0,
    message_id: row.message_id ?? identityId,
    body: row.body ?? leftBody(identityId, application),
    manager_account: row.manager_account ?? null,
  });
}
