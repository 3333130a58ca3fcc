import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { resumptionFacts, type PositionsResumed } from './resumption.events.js';
import { isResumption, publishedResumption } from './resumption.published.js';
import { some } from '../../../test/support/some.js';

/** Stored examples. Lines are added, never edited. */
const golden = readFileSync(join(import.meta.dirname, 'golden/resumption.facts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as PositionsResumed);

const recorded = (fact: PositionsResumed): RecordedFact<PositionsResumed> => ({
  ...fact,
  id: '0198c0de-0000-7000-8000-000000000001',
  stream: `resumption-${fact.data.resumption}`,
  version: 1,
  epoch: 1,
  occurredAt: '2026-03-02T09:00:00.000Z',
  actor: 'identity/0198c0de-0000-7000-8000-0000000000b1',
  correlationId: '0198c0de-0000-7000-8000-0000000000dd',
  causationId: null,
});

const ajv = new Ajv2020({ formats: { uuid: /^[0-9a-f-]{36}$/, 'date-time': true }, allowUnionTypes: true });
ajv.addKeyword('x-personal');
ajv.addKeyword('x-subject');

describe('what is told of a resumption', () => {
  it.each(['hr', 'governance', 'provisioning', 'audit'])('by %s is one message that fits its contract', (service) => {
    for (const fact of some(golden)) {
      const message = publishedResumption(service, recorded(fact));
      const contract = contractOf(message.type);
      expect([message.type, message.topic]).toEqual([`hub.${service}.positions.resumed.v1`, contract?.topic]);
      const fits = ajv.compile(contract?.schema ?? false);
      expect(fits(message.body) ? null : fits.errors).toBeNull();
    }
  });

  it('holds the reason under the id of the actor, and nowhere once they are forgotten', () => {
    const [told, forgotten] = golden.map((fact) => publishedResumption('audit', recorded(fact)));
    expect(splitPersonal(told?.type ?? '', told?.body ?? {}).parts).toEqual([
      {
        subject: '0198c0de-0000-7000-8000-0000000000b1',
        fields: { reason: 'The server was away for three weeks' },
      },
    ]);
    expect(forgotten?.body).not.toHaveProperty('reason');
  });
});

it('a golden fact of every type is known as one of the kit', () => {
  expect(new Set(golden.map(({ type }) => type))).toEqual(new Set(resumptionFacts));
  expect(some(golden.map(recorded)).every(isResumption)).toBe(true);
});
