import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { AnyFact, RecordedFact } from '#libs/event-store/core.js';
import { some } from '../../test/support/some.js';

/** A fact of the kit that records what an operator decided, with its reason under the operator's id. */
export interface OperatorsFact<Event extends AnyFact> {
  /** Path of the stored examples: the first with a reason, one whose operator was forgotten after it. Lines are added, never edited. */
  readonly golden: string;
  readonly types: readonly string[];
  readonly isOne: (fact: RecordedFact) => boolean;
  readonly published: (service: string, fact: RecordedFact<Event>) => PublicMessage;
  /** Last parts of the message's type, such as `message.dismissed`. */
  readonly told: string;
  readonly streamOf: (fact: Event) => string;
  /** Key by which its messages are ordered. */
  readonly keyOf: (fact: Event) => string;
  readonly reason: string;
}

const operator = '0198c0de-0000-7000-8000-0000000000b1';
const ajv = new Ajv2020({ formats: { uuid: /^[0-9a-f-]{36}$/, 'date-time': true }, allowUnionTypes: true });
ajv.addKeyword('x-personal');
ajv.addKeyword('x-subject');

/** What holds for each fact of an operator's decision, whichever service stores it. */
export function describeOperatorsFact<Event extends AnyFact>(what: string, about: OperatorsFact<Event>): void {
  const golden = readFileSync(about.golden, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const recorded = (fact: Event): RecordedFact<Event> => ({
    ...fact,
    id: '0198c0de-0000-7000-8000-000000000001',
    stream: about.streamOf(fact),
    version: 1,
    epoch: 1,
    occurredAt: '2026-03-02T09:00:00.000Z',
    actor: `identity/${operator}`,
    correlationId: '0198c0de-0000-7000-8000-0000000000dd',
    causationId: null,
  });

  describe(`what is told of a ${what}`, () => {
    it.each(['hr', 'governance', 'provisioning', 'audit'])('by %s is one message that fits its contract', (service) => {
      for (const fact of some(golden)) {
        const message = about.published(service, recorded(fact));
        const contract = contractOf(message.type);
        expect([message.type, message.topic]).toEqual([`hub.${service}.${about.told}.v1`, contract?.topic]);
        const fits = ajv.compile(contract?.schema ?? false);
        expect(fits(message.body) ? null : fits.errors).toBeNull();
        expect(message).toMatchObject({ key: about.keyOf(fact), source: `/${service}/${about.streamOf(fact)}` });
      }
    });

    it('holds the reason under the id of the actor, and nowhere once they are forgotten', () => {
      const [told, forgotten] = golden.map((fact) => about.published('audit', recorded(fact)));
      expect(splitPersonal(told?.type ?? '', told?.body ?? {}).parts).toEqual([
        { subject: operator, fields: { reason: about.reason } },
      ]);
      expect(forgotten?.body).not.toHaveProperty('reason');
    });
  });

  it(`a golden fact of every type of a ${what} is known as one of the kit`, () => {
    expect(new Set(golden.map(({ type }) => type))).toEqual(new Set(about.types));
    expect(some(golden.map(recorded)).every(about.isOne)).toBe(true);
  });
}
