import { driftClasses, driftCodes } from '#libs/contracts/drift.js';
import { anything, instant, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { remedies } from '../connectors/connectors.exports.js';
import type { DriftView } from './drift.query.js';

export const driftAnswer = named(
  'Drift',
  object<DriftView>({
    id: uuid,
    application: text,
    identity: uuid,
    account: text,
    about: text,
    code: oneOf(...driftCodes.filter((code) => code !== 'renamed-group')),
    target: nullable(text),
    class: oneOf(...driftClasses),
    desired: anything,
    written: anything,
    observed: anything,
    policy: oneOf(...remedies),
    state: oneOf('open', 'reverted', 'adopted', 'over'),
    reading: uuid,
    foundAt: instant,
    decidedBy: nullable(uuid),
    decidedAt: nullable(instant),
    closedAt: nullable(instant),
  }),
  {
    id: '0190a2c4-5f3a-7000-8000-000000000001',
    application: 'wiki',
    identity: '0f0c1d2e-9f9b-5b0a-8b5e-2f6f5f0a1b2c',
    account: '2819c223',
    about: 'account',
    code: 'attribute-changed',
    target: 'title',
    class: 'changed-outside',
    desired: 'Engineer',
    written: 'Engineer',
    observed: 'Wizard',
    policy: 'ask',
    state: 'open',
    reading: '0190a2c4-5f3a-7000-8000-000000000002',
    foundAt: '2026-03-02T09:00:00.000Z',
    decidedBy: null,
    decidedAt: null,
    closedAt: null,
  },
);
