import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { dismissalFacts, type MessageDismissed } from './dismissal.events.js';
import { isDismissal, publishedDismissal } from './dismissal.published.js';
import { some } from '../../../test/support/some.js';

/** Stored examples. Lines are added, never edited. */
const golden = readFileSync(join(import.meta.dirname, 'golden/dismissal.facts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as MessageDismissed);

const recorded = (fact: MessageDismissed): RecordedFact<MessageDismissed> => ({
  ...fact,
  id: '0198c0de-0000-7000-8000-000000000001',
  stream: 'dismissal-0198c0de-0000-7000-8000-0000000000d1',
  version: 1,
  epoch: 1,
  occurredAt: '2026-03-02T09:00:00.000Z',
  actor: 'identity/0198c0de-0000-7000-8000-0000000000b1',
  correlationId: '0198c0de-0000-7000-8000-0000000000dd',
  causationId: null,
});

const ajv = new Ajv2020({ formats: { uuid: /^[0-9a-f-]{36}$/ }, allowUnionTypes: true });
ajv.addKeyword('x-personal');
ajv.addKeyword('x-subject');

describe('what is told of a dismissal', () => {
  it.each(['hr', 'governance', 'provisioning', 'audit'])('by %s is one message that fits its contract', (service) => {
    for (const fact of some(golden)) {
      const message = publishedDismissal(service, recorded(fact));
      const contract = contractOf(message.type);
      expect([message.type, message.topic]).toEqual([`hub.${service}.message.dismissed.v1`, contract?.topic]);
      const fits = ajv.compile(contract?.schema ?? false);
      expect(fits(message.body) ? null : fits.errors).toBeNull();
      expect(message).toMatchObject({
        key: fact.data.message.id,
        source: `/${service}/dismissal-0198c0de-0000-7000-8000-0000000000d1`,
      });
    }
  });

  it('holds the reason under the id of the actor, and nowhere once they are forgotten', () => {
    const [told, forgotten] = golden.map((fact) => publishedDismissal('audit', recorded(fact)));
    expect(splitPersonal(told?.type ?? '', told?.body ?? {}).parts).toEqual([
      { subject: '0198c0de-0000-7000-8000-0000000000b1', fields: { reason: 'Ada had been hired twice' } },
    ]);
    expect(forgotten?.body).not.toHaveProperty('reason');
  });
});

it('a golden fact of every type is known as one of the kit', () => {
  expect(new Set(golden.map(({ type }) => type))).toEqual(new Set(dismissalFacts));
  expect(some(golden.map(recorded)).every(isDismissal)).toBe(true);
});
