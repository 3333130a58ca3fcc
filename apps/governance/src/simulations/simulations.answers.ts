import { entitled } from '#libs/service-kit/openapi/entitlement-answer.js';
import { count, instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { titledEntitlementsAnswer, type TitledEntitlement } from '../catalog/catalog.exports.js';
import { titledAnswer } from '../names/names.exports.js';
import type { SimulatedEffectView, SimulatedPersonView, SimulationView } from './simulations.query.js';

const person: SimulatedPersonView = {
  id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
  employeeId: '1001',
  displayName: 'Ada Lovelace',
  gains: [{ application: { id: 'wiki', displayName: 'Wiki' }, group: 'Editors' }],
  loses: [],
};

export const simulatedPersonAnswer = named(
  'SimulatedPerson',
  object<SimulatedPersonView>({
    id: uuid,
    employeeId: nullable(text),
    displayName: nullable(text),
    gains: titledEntitlementsAnswer,
    loses: titledEntitlementsAnswer,
  }),
  person,
);

export const simulationAnswer = named(
  'Simulation',
  object<SimulationView>({
    id: uuid,
    status: oneOf('running', 'completed'),
    startedAt: instant,
    finishedAt: nullable(instant),
    expiresAt: instant,
    total: nullable(count),
    checked: count,
    touched: count,
    gains: count,
    loses: count,
    entitlements: list(
      object<SimulatedEffectView>({
        entitlement: entitled<Pick<TitledEntitlement, 'application'>>({ application: titledAnswer }),
        gains: count,
        loses: count,
      }),
    ),
    sample: list(simulatedPersonAnswer),
    href: text,
    csv: text,
  }),
  {
    id: '01a20d55-2a11-7000-8000-00000000000b',
    status: 'completed',
    startedAt: '2026-03-02T09:00:00.000Z',
    finishedAt: '2026-03-02T09:00:01.000Z',
    expiresAt: '2026-03-03T09:00:00.000Z',
    total: 40,
    checked: 40,
    touched: 1,
    gains: 1,
    loses: 0,
    entitlements: [
      { entitlement: { application: { id: 'wiki', displayName: 'Wiki' }, group: 'Editors' }, gains: 1, loses: 0 },
    ],
    sample: [person],
    href: '/governance/v1/simulations/01a20d55-2a11-7000-8000-00000000000b/changes',
    csv: '/governance/v1/simulations/01a20d55-2a11-7000-8000-00000000000b/changes.csv',
  },
);
