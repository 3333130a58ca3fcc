import { count, flag, instant, list, named, nullable, object, text, uuid } from '#libs/service-kit/openapi/schema.js';
import type { AccountListView } from './account-lists.query.js';
import type { RejectedLine } from './listed-accounts.js';
import type { ReceivedList } from './receive-list.command.js';

export const receivedListAnswer = named(
  'ReceivedAccountList',
  object<ReceivedList>({
    dryRun: flag,
    connector: text,
    asOf: instant,
    accounts: count,
    added: count,
    gone: count,
    confirmed: count,
    reading: nullable(uuid),
    rejections: list(object<RejectedLine>({ line: count, column: nullable(text), detail: text })),
  }),
  {
    dryRun: false,
    connector: 'keys',
    asOf: '2026-03-02T09:00:00.000Z',
    accounts: 118,
    added: 2,
    gone: 1,
    confirmed: 1,
    reading: '0198c0de-0000-7000-8000-0000000000e1',
    rejections: [],
  },
);

export const accountListAnswer = named(
  'AccountList',
  object<AccountListView>({
    connector: text,
    asOf: nullable(instant),
    receivedAt: nullable(instant),
    accounts: count,
    whole: flag,
    stale: flag,
    reminders: count,
  }),
  {
    connector: 'keys',
    asOf: '2026-03-02T09:00:00.000Z',
    receivedAt: '2026-03-02T09:10:00.000Z',
    accounts: 118,
    whole: true,
    stale: false,
    reminders: 0,
  },
);
