import { instant, named, nullable, object, optional, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { titledAnswer } from '../names/names.exports.js';
import type { FormerAccess } from './former-access.query.js';

export const formerAccessAnswer = named(
  'FormerAccess',
  object<FormerAccess>({
    assignmentId: uuid,
    package: titledAnswer,
    endedAt: instant,
    until: nullable(instant),
    request: object<FormerAccess['request']>({
      packageId: text,
      beneficiaryId: uuid,
      justification: text,
      endsAt: optional(instant),
    }),
  }),
  {
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    package: { id: 'wiki-editors', displayName: 'Wiki editors' },
    endedAt: '2026-03-02T09:00:00.000Z',
    until: null,
    request: {
      packageId: 'wiki-editors',
      beneficiaryId: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
      justification: 'I had it until I left on 2026-03-02',
    },
  },
);
