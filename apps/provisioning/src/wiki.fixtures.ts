import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../test/support/eventually.js';
import type { StubUser } from '../../../test/targets/scim-stub-directory.js';
import {
  application,
  connector,
  personId,
  runningProvisioning,
  type RunningProvisioning,
} from './provisioning.fixtures.js';

/** A running service with the application `wiki`, and the questions that specs ask about it. */
export interface Wiki extends RunningProvisioning {
  /** States its connector, in mode enforce. */
  connect(overrides?: object): Promise<void>;
  /** Accounts of a person in the application itself. */
  users(name: string): readonly StubUser[];
  /** userNames of a group's members in the application itself. */
  members(group: string): readonly string[];
  /** The hub says that nothing differs any more from this version of what is desired. */
  inSync(name: string, sequence: number): Promise<boolean>;
  parked(): Promise<readonly { readonly id: string; readonly code: string }[]>;
  health(): Promise<string>;
  /** The worker has looked, and done nothing that its log or the application tells of. */
  quiescence(): Promise<void>;
  /** Lets time pass until it is so: retries wait by the hub's clock. */
  inTime(check: () => boolean | Promise<boolean>, stepMs?: number): Promise<boolean>;
}

export async function runningWiki(): Promise<Wiki> {
  const hub = await runningProvisioning();
  await hub.publish(application());
  return {
    ...hub,
    connect: async (overrides = {}) => {
      const { status, text } = await hub.call('PUT', '/connectors/wiki', connector(hub.stub, overrides));
      if (status >= 300) throw new Error(text);
    },
    users: (name) => hub.stub.dump().users.filter((user) => user.userName === `${name}@corp.example`),
    members: (group) => {
      const { users: all, groups } = hub.stub.dump();
      const names = new Map(all.map((user) => [user.id, user.userName ?? '']));
      return groups
        .filter(({ displayName }) => displayName === group)
        .flatMap((one) => one.members.map(({ value }) => names.get(value) ?? value))
        .sort();
    },
    inSync: (name, sequence) =>
      eventually(async () =>
        (await hub.results()).some(
          (result) =>
            saysInSync(result) && result.body.identity === personId(name) && result.body.desiredSequence === sequence,
        ),
      ),
    parked: async () => (await hub.call('GET', '/connectors/wiki/parked')).body.items as { id: string; code: string }[],
    health: async () => (await hub.call('GET', '/connectors/wiki')).body.health.state as string,
    quiescence: async () => {
      let before = '';
      await eventually(
        async () => {
          const [row] = await hub.db.query<{ n: string }>(`select count(*)::text as n from events`);
          const now = `${row?.n ?? ''} ${JSON.stringify(hub.stub.counters)}`;
          const same = now === before;
          before = now;
          return same;
        },
        { everyMs: 300 },
      );
    },
    inTime: (check, stepMs = 1_000) =>
      eventually(
        async () => {
          if (await check()) return true;
          hub.clock.advance(stepMs);
          return false;
        },
        { everyMs: 100, timeoutMs: 30_000 },
      ),
  };
}

/** Nothing differs any more from the desired access this result names. */
export const saysInSync = ({ type, body }: PublicMessage<ResultMessage>): boolean =>
  body.inSync === true || type === 'hub.provisioning.account.in-sync.v1';
