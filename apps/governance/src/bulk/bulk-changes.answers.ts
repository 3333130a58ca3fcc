import { count, instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { bulkRefusals } from '../assignments/assignments.exports.js';
import { namedPersonAnswer, titledAnswer } from '../names/names.exports.js';
import { bulkActions } from './bulk-change.js';
import type { BulkChangeView, BulkRowView } from './bulk-changes.query.js';
import type { BulkCounts } from './bulk-changes.store.js';

export const bulkChangeAnswer = named(
  'BulkChange',
  object<BulkChangeView>({
    id: uuid,
    action: oneOf(...bulkActions),
    status: oneOf('preview', 'ready', 'running', 'completed', 'cancelled'),
    reason: text,
    createdAt: instant,
    finishedAt: nullable(instant),
    rows: object<BulkCounts>({ total: count, unknown: count, wouldChange: count, changed: count, refused: count }),
  }),
  {
    id: '01a20d55-2a14-7c41-9d0e-5b7a9e1c2d3f',
    action: 'revoke',
    status: 'ready',
    reason: 'The project has ended',
    createdAt: '2026-03-02T09:00:00.000Z',
    finishedAt: null,
    rows: { total: 12, unknown: 0, wouldChange: 11, changed: 0, refused: 1 },
  },
);

export const bulkRowAnswer = named(
  'BulkRow',
  object<BulkRowView>({
    line: count,
    identity: nullable(namedPersonAnswer),
    package: nullable(titledAnswer),
    endsAt: nullable(instant),
    result: oneOf('unknown', 'would-change', 'changed', 'refused'),
    code: nullable(oneOf<string>(...bulkRefusals)),
    detail: nullable(text),
  }),
  {
    line: 2,
    identity: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    endsAt: null,
    result: 'refused',
    code: 'assignment.already_held',
    detail: 'the person already holds this package',
  },
);
