import { instant, list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { titledAnswer } from '../names/names.exports.js';
import type { DeliveriesView, DeliveryEntryView } from './deliveries.query.js';

const entry = object<DeliveryEntryView>({
  application: titledAnswer,
  at: instant,
  what: oneOf('delivery', 'removal'),
  state: oneOf('pending', 'delivering', 'delivered', 'failed', 'manual', 'done', 'not-verifiable'),
  words: nullable(text),
});

const refused: DeliveryEntryView = {
  application: { id: 'wiki', displayName: 'Wiki' },
  at: '2026-03-02T09:00:01.000Z',
  what: 'delivery',
  state: 'failed',
  words: 'No licence is left',
};

export const deliveriesAnswer = named(
  'Deliveries',
  object<DeliveriesView>({ assignmentId: uuid, applications: list(entry), history: list(entry) }),
  {
    assignmentId: '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f',
    applications: [refused],
    history: [{ ...refused, at: '2026-03-02T09:00:00.000Z', state: 'pending', words: null }, refused],
  },
);
