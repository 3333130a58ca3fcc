import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { misfitsOf } from '#libs/contracts/fits.fixtures.js';
import { leaksOf, personalTexts } from '#libs/contracts/leaks.fixtures.js';
import { contractOf } from '#libs/contracts/registry.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import type { Recorded } from '#libs/event-store/core.js';
import { adaId, adaPerson } from './worker.fixtures.js';
import { workerFacts, type WorkerEvent } from './worker.events.js';
import { worker } from './worker.js';
import { workerPublished } from './worker.published.js';
import { some } from '../../../../test/support/some.js';

/** One stored example of each fact and version, as a story. Lines are added, never edited. */
const golden = readFileSync(join(import.meta.dirname, 'golden/worker.facts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as WorkerEvent);

const recorded = (fact: WorkerEvent, index: number): WorkerEvent & Recorded => ({
  ...fact,
  id: `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
  stream: `worker-${adaId}`,
  version: index + 1,
  epoch: 1,
  occurredAt: '2026-03-02T09:00:00.000Z',
  actor: 'subject/0198c0de-0000-7000-8000-0000000000cc',
  correlationId: '0198c0de-0000-7000-8000-0000000000dd',
  causationId: null,
});

describe('facts of the past', () => {
  it('are golden for every type, and fold', () => {
    expect(new Set(golden.map(({ type }) => type))).toEqual(new Set(workerFacts));
    expect(golden.reduce(worker.evolve, worker.initial)).toMatchObject({
      status: 'known',
      employed: true,
      onLeave: false,
      wasHired: true,
      attributes: { hireDate: '2026-09-01', email: 'ada@example.com' },
    });
  });
});

describe('what is told of a fact', () => {
  it('is one message, keyed by the person, that fits its contract', () => {
    const messages = golden.map(recorded).map(workerPublished);
    expect(messages.map((of) => of.map(({ type }) => type))).toEqual([
      ['hub.hr.worker.recorded.v1'],
      ['hub.hr.worker.hired.v1'],
      ['hub.hr.worker.moved.v1'],
      ['hub.hr.worker.manager-changed.v1'],
      ['hub.hr.worker.changed.v1'],
      ['hub.hr.worker.leave-started.v1'],
      ['hub.hr.worker.leave-ended.v1'],
      ['hub.hr.worker.terminated.v1'],
      ['hub.hr.worker.rehired.v1'],
    ]);
    for (const message of some(messages.flat())) {
      expect(misfitsOf(message.type, message.body)).toBeNull();
      expect(message).toMatchObject({
        topic: contractOf(message.type)?.topic,
        key: adaPerson,
        subject: adaPerson,
        source: `/hr/worker-${adaId}`,
      });
      const { type, body, key, subject, source, actor } = message;
      const open = [key, subject, source, actor, splitPersonal(type, body).public];
      expect(leaksOf(personalTexts(type, body), open)).toEqual([]);
    }
    expect(messages[2]?.[0]).toMatchObject({
      id: '0198c0de-0000-7000-8000-000000000002',
      sequence: 3,
      epoch: 1,
      body: { worker: adaId, employed: true, before: { department: 'Sales' }, attributes: { department: 'Research' } },
    });
  });

  it('is nothing once the person is forgotten', () => {
    const [, hired] = golden.map(recorded);
    if (hired === undefined) throw new Error('no fact');
    expect(workerPublished({ ...hired, personal: { worker: { subject: adaId, fields: null } } })).toEqual([]);
  });
});
