import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import {
  anything,
  constant,
  count,
  either,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  type Schema,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import type { AttributeChange, HeldThere, PreviewCounts } from './outcome.js';
import type { ChosenOrphans, Purpose } from './purpose.js';
import type { PreviewItemView, PreviewView } from './previews.store.js';

const entitlement: Schema<EntitlementFields> = entitled<object>({});

const counts = object<PreviewCounts>({
  people: count,
  creates: count,
  links: count,
  changes: count,
  enables: count,
  disables: count,
  deletes: count,
  adds: count,
  removes: count,
  fails: count,
  waits: count,
});

type For<Of extends Purpose['of']> = Extract<Purpose, { of: Of }>;

const purpose: Schema<Purpose> = either(
  object<For<'enforcing'>>({ of: constant('enforcing') }),
  object<For<'change'>>({ of: constant('change') }),
  object<For<'orphans'>>({
    of: constant('orphans'),
    orphans: object<ChosenOrphans>({ filter: nullable(text), accounts: nullable(list(text)) }),
  }),
  object<For<'authority'>>({ of: constant('authority'), entitlements: list(entitlement) }),
);

export const previewAnswer = named(
  'Preview',
  object<PreviewView>({
    id: uuid,
    connector: text,
    version: count,
    filter: nullable(text),
    identities: nullable(list(uuid)),
    purpose,
    status: oneOf('running', 'ready', 'releasing', 'released'),
    madeBy: uuid,
    madeAt: instant,
    readyAt: nullable(instant),
    reading: nullable(uuid),
    counts,
    releasedBy: nullable(uuid),
    releasedAt: nullable(instant),
    reason: nullable(text),
    done: count,
    leftOut: count,
    next: nullable(uuid),
  }),
  {
    id: '0190a2c4-5f3a-7000-8000-000000000002',
    connector: 'wiki',
    version: 3,
    filter: null,
    identities: null,
    purpose: { of: 'enforcing' },
    status: 'ready',
    madeBy: '0190a2c4-5f3a-7000-8000-000000000003',
    madeAt: '2026-03-02T09:00:00.000Z',
    readyAt: '2026-03-02T09:00:02.000Z',
    reading: '0190a2c4-5f3a-7000-8000-000000000001',
    counts: {
      people: 130,
      creates: 70,
      links: 30,
      changes: 12,
      enables: 0,
      disables: 30,
      deletes: 0,
      adds: 100,
      removes: 0,
      fails: 0,
      waits: 0,
    },
    releasedBy: null,
    releasedAt: null,
    reason: null,
    done: 0,
    leftOut: 0,
    next: null,
  },
);

export const previewItemAnswer = named(
  'PreviewItem',
  object<PreviewItemView>({
    identity: uuid,
    application: text,
    account: nullable(text),
    userName: nullable(text),
    effect: oneOf('create', 'link', 'update', 'disable', 'delete', 'fails', 'waits'),
    changes: list(object<AttributeChange>({ target: text, before: anything, after: anything })),
    enables: flag,
    adds: list(entitlement),
    removes: list(entitlement),
    keeps: list(object<HeldThere>({ entitlement, id: text })),
    detail: nullable(text),
    leftOut: flag,
  }),
  {
    identity: '0190a2c4-5f3a-7000-8000-000000000004',
    application: 'wiki',
    account: '2819c223',
    userName: 'ada@corp.example',
    effect: 'link',
    changes: [{ target: 'displayName', before: 'A. Lovelace', after: 'Ada Lovelace' }],
    enables: false,
    adds: [{ group: 'Editors' }],
    removes: [],
    keeps: [{ entitlement: { group: 'Staff' }, id: 'e9e30dba' }],
    detail: null,
    leftOut: false,
  },
);
