import {
  count,
  flag,
  instant,
  list,
  named,
  nullable,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import type { CaseComment } from './case.js';
import { caseKinds, type CaseGroup, type CaseView } from './cases.query.js';

const id = '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c';

/** A case with what people said about it. */
export interface CaseDetail extends CaseView {
  readonly notes: readonly CaseComment[];
}

const fields = {
  id: text,
  kind: oneOf(...caseKinds),
  code: text,
  cause: text,
  words: text,
  person: nullable(
    object<NonNullable<CaseView['person']>>({ id: uuid, employeeId: nullable(text), displayName: nullable(text) }),
  ),
  application: object<CaseView['application']>({ id: text, displayName: text }),
  connector: text,
  account: nullable(text),
  attempts: count,
  owners: list(uuid),
  assignee: nullable(uuid),
  comments: count,
  since: instant,
  dueAt: instant,
  overdue: flag,
} as const;

const example: CaseView = {
  id: `${id}.wiki`,
  kind: 'parked',
  code: 'validation',
  cause: 'validation: user … has no department',
  words: 'user ada@corp.example has no department',
  person: { id, employeeId: '1001', displayName: 'Ada Lovelace' },
  application: { id: 'wiki', displayName: 'Wiki' },
  connector: 'wiki',
  account: null,
  attempts: 1,
  owners: [id],
  assignee: null,
  comments: 1,
  since: '2026-03-02T09:00:00.000Z',
  dueAt: '2026-03-05T09:00:00.000Z',
  overdue: false,
};

export const caseAnswer = named('Case', object<CaseView>(fields), example);

export const caseDetailAnswer = named(
  'CaseDetail',
  object<CaseDetail>({
    ...fields,
    notes: list(object<CaseComment>({ id: uuid, by: uuid, at: instant, text: nullable(text) })),
  }),
  { ...example, notes: [{ id, by: id, at: '2026-03-02T10:00:00.000Z', text: 'Asked the vendor' }] },
);

/** Cases by root cause. */
export interface CaseGroups {
  readonly groups: readonly CaseGroup[];
}

export const caseGroupsAnswer = named(
  'CaseGroups',
  object<CaseGroups>({
    groups: list(
      object<CaseGroup>({
        connector: text,
        kind: oneOf(...caseKinds),
        code: text,
        cause: text,
        count,
        overdue: count,
        since: instant,
        dueAt: instant,
        example: text,
      }),
    ),
  }),
  {
    groups: [
      {
        connector: 'wiki',
        kind: 'parked',
        code: 'validation',
        cause: 'validation: user … has no department',
        count: 4000,
        overdue: 0,
        since: '2026-03-02T09:00:00.000Z',
        dueAt: '2026-03-05T09:00:00.000Z',
        example: `${id}.wiki`,
      },
    ],
  },
);

/** About how many accounts was decided. */
export interface ResolvedCases {
  readonly resolved: number;
}

export const resolvedCasesAnswer = named('ResolvedCases', object<ResolvedCases>({ resolved: count }), { resolved: 1 });
