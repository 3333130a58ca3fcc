import { join } from 'node:path';
import { describeOperatorsFact } from '../operators-facts.fixtures.js';
import { dismissalFacts, type MessageDismissed } from './dismissal.events.js';
import { isDismissal, publishedDismissal } from './dismissal.published.js';

const stream = 'dismissal-0198c0de-0000-7000-8000-0000000000d1';

describeOperatorsFact<MessageDismissed>('dismissal', {
  golden: join(import.meta.dirname, 'golden/dismissal.facts.jsonl'),
  types: dismissalFacts,
  isOne: isDismissal,
  published: publishedDismissal,
  told: 'message.dismissed',
  streamOf: () => stream,
  keyOf: ({ data }) => data.message.id,
  reason: 'Ada had been hired twice',
});
