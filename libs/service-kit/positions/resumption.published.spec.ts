import { join } from 'node:path';
import { describeOperatorsFact } from '../operators-facts.fixtures.js';
import { resumptionFacts, type PositionsResumed } from './resumption.events.js';
import { isResumption, publishedResumption } from './resumption.published.js';

describeOperatorsFact<PositionsResumed>('resumption', {
  golden: join(import.meta.dirname, 'golden/resumption.facts.jsonl'),
  types: resumptionFacts,
  isOne: isResumption,
  published: publishedResumption,
  told: 'positions.resumed',
  streamOf: ({ data }) => `resumption-${data.resumption}`,
  keyOf: ({ data }) => data.resumption,
  reason: 'The server was away for three weeks',
});
