import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { identityOf, idOf, type RunningGovernance } from '../governance.fixtures.js';

export const seenFirst = '2026-03-01T08:00:00.000Z';

/** What complete readings of one application show. */
export interface Readings {
  /** An account with these groups was there before the hub. */
  readonly showed: (who: string, groups: readonly string[]) => Promise<void>;
}

export function readingsOf(hub: RunningGovernance, connector: string, application: string): Readings {
  let readings = 0;
  const seen = { origin: 'as-found', firstSeenAt: seenFirst, sinceUnknown: true } as const;
  return {
    showed: async (who, groups) => {
      readings += 1;
      const identity = identityOf(who);
      const message: PublicMessage<AccessObservedMessage> = {
        topic: topics.results,
        key: identity,
        id: idOf(`observed ${readings}`),
        source: `/provisioning/observed-access-${identity}.${connector}`,
        type: accessObserved,
        subject: identity,
        time: hub.clock.now(),
        actor: 'service/provisioning',
        correlationId: idOf('reading'),
        causationId: null,
        sequence: readings,
        epoch: 1,
        body: {
          connector,
          application,
          identity,
          account: `u-${who}`,
          reading: idOf(`reading ${readings}`),
          readAt: hub.clock.now(),
          entitlements: [{ account: true, ...seen }, ...groups.map((group) => ({ group, ...seen }))],
        },
      };
      await hub.publish(message);
    },
  };
}
