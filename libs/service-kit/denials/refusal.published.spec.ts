import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { misfitsOf } from '#libs/contracts/fits.fixtures.js';
import { contractOf } from '#libs/contracts/registry.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { ActionRefused } from './refusal.events.js';
import { isRefusal, publishedRefusal } from './refusal.published.js';
import { some } from '../../../test/support/some.js';

/** Stored examples. Lines are added, never edited. */
const golden = readFileSync(join(import.meta.dirname, 'golden/refusal.facts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ActionRefused);

describe('what is told of a refused action', () => {
  it.each(['hr', 'governance', 'provisioning', 'audit'])('by %s is one message that fits its contract', (service) => {
    for (const fact of some(golden)) {
      const recorded: RecordedFact<ActionRefused> = {
        ...fact,
        id: '0198c0de-0000-7000-8000-000000000001',
        stream: 'refusal-0198c0de-0000-7000-8000-0000000000d1',
        version: 1,
        epoch: 1,
        occurredAt: '2026-03-02T09:00:00.000Z',
        actor: 'identity/0198c0de-0000-7000-8000-0000000000b1',
        correlationId: '0198c0de-0000-7000-8000-0000000000dd',
        causationId: null,
      };
      expect(isRefusal(recorded)).toBe(true);
      const message = publishedRefusal(service, recorded);
      expect([message.type, message.topic]).toEqual([
        `hub.${service}.action.refused.v1`,
        contractOf(message.type)?.topic,
      ]);
      expect(misfitsOf(message.type, message.body)).toBeNull();
    }
  });
});
