import {
  constant,
  count,
  flag,
  instant,
  named,
  nullable,
  number,
  object,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import type { ReceiptPart, ReceiptSummary, ReceiptView } from './receipts.query.js';

const part = object<ReceiptPart>({
  verified: count,
  open: count,
  acceptedAt: nullable(instant),
  verifiedAt: nullable(instant),
});
const gone = { verified: 1, open: 0, acceptedAt: '2026-03-02T09:00:02.000Z', verifiedAt: '2026-03-02T09:00:02.000Z' };

export const receiptAnswer = named(
  'RevocationReceipt',
  object<ReceiptView>({
    person: object<ReceiptView['person']>({ id: uuid, employeeId: nullable(text), displayName: nullable(text) }),
    application: object<ReceiptView['application']>({ id: text, displayName: text }),
    connector: text,
    account: nullable(text),
    decidedAt: instant,
    dueAt: instant,
    state: oneOf('waiting', 'accepted', 'verified'),
    acceptedAt: nullable(instant),
    verifiedAt: nullable(instant),
    seconds: nullable(number),
    late: flag,
    parts: object<ReceiptView['parts']>({ account: part, memberships: part, roles: part }),
    sessions: constant('not-covered'),
  }),
  {
    person: { id: '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c', employeeId: '1001', displayName: 'Ada Lovelace' },
    application: { id: 'wiki', displayName: 'Wiki' },
    connector: 'wiki',
    account: 'u1',
    decidedAt: '2026-03-02T09:00:00.000Z',
    dueAt: '2026-03-02T10:00:00.000Z',
    state: 'verified',
    acceptedAt: '2026-03-02T09:00:02.000Z',
    verifiedAt: '2026-03-02T09:00:02.000Z',
    seconds: 2,
    late: false,
    parts: {
      account: gone,
      memberships: { ...gone, verified: 3 },
      roles: { verified: 0, open: 0, acceptedAt: null, verifiedAt: null },
    },
    sessions: 'not-covered',
  },
);

export const receiptSummaryAnswer = named(
  'RevocationReceiptSummary',
  object<ReceiptSummary>({
    from: instant,
    to: instant,
    agreedSeconds: number,
    total: count,
    verified: count,
    open: count,
    late: count,
    p50: nullable(number),
    p95: nullable(number),
    p99: nullable(number),
    longest: nullable(number),
  }),
  {
    from: '2026-02-01T00:00:00.000Z',
    to: '2026-03-02T09:00:00.000Z',
    agreedSeconds: 3600,
    total: 240,
    verified: 239,
    open: 1,
    late: 1,
    p50: 1.2,
    p95: 3.9,
    p99: 61,
    longest: 1804.2,
  },
);
