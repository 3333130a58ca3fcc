import { count, flag, instant, list, named, nullable, object, oneOf, text } from '#libs/service-kit/openapi/schema.js';
import type { DiscoveryRun } from './discovery-runs.store.js';
import type { EntitlementView } from './entitlements.query.js';

export const entitlementAnswer = named(
  'DiscoveredEntitlement',
  object<EntitlementView>({
    kind: oneOf('group', 'role'),
    id: text,
    name: text,
    description: nullable(text),
    gone: flag,
    changedAt: instant,
  }),
  {
    kind: 'group',
    id: 'g1',
    name: 'Editors',
    description: 'May change pages',
    gone: false,
    changedAt: '2026-03-02T09:00:00.000Z',
  },
);

/** How the application was read. */
export interface Discovery {
  readonly runs: readonly DiscoveryRun[];
}

export const discoveryAnswer = named(
  'Discovery',
  object<Discovery>({
    runs: list(
      object<DiscoveryRun>({
        kind: oneOf('group', 'role'),
        startedAt: nullable(instant),
        finishedAt: nullable(instant),
        outcome: nullable(oneOf('complete', 'incomplete', 'failed')),
        detail: nullable(text),
        found: count,
        nextAt: instant,
      }),
    ),
  }),
  {
    runs: [
      {
        kind: 'group',
        startedAt: '2026-03-02T09:00:00.000Z',
        finishedAt: '2026-03-02T09:00:04.000Z',
        outcome: 'complete',
        detail: null,
        found: 120,
        nextAt: '2026-03-02T15:00:04.000Z',
      },
    ],
  },
);
