import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import {
  application,
  runningProvisioning,
  type RunningProvisioning,
} from '../../../apps/provisioning/src/provisioning.fixtures.js';
import { TaskSender, TaskTarget } from '../../../apps/provisioning/src/targets/targets.exports.js';
import { KeptAccounts } from '../../../apps/provisioning/src/tasks/kept-accounts.store.js';
import { StoredTaskBook } from '../../../apps/provisioning/src/tasks/task-book.store.js';
import { Tasks } from '../../../apps/provisioning/src/tasks/tasks.stream.js';
import { between } from './between.js';
import { ByHand, byHandFile, answeredByPeople, taskProgram, type Doing, type TaskToDo } from './people.js';
import { overNetwork, promises } from './promises.js';
import type { Subject } from './subject.js';
import { usual } from './subjects.js';

jest.setTimeout(60_000);

const key = Buffer.alloc(24, 5);
const terms = { within: 'P3D', remindEvery: 'P1D' } as const;
const granted = [
  { kind: 'group', name: 'Staff' },
  { kind: 'role', name: 'Approver' },
] as const;

let hub: RunningProvisioning;
let book: StoredTaskBook;
beforeAll(async () => {
  hub = await runningProvisioning();
  const masterKey = masterKeyOf(Buffer.alloc(32, 9).toString('base64'), '');
  const store = new EventStore(hub.db, masterKey, () => hub.clock.now(), await currentEpoch(hub.db));
  const timers = new Timers(hub.db, store, hub.clock, () => undefined);
  book = new StoredTaskBook(hub.db, store, new Tasks(store), new KeptAccounts(hub.db), timers, hub.clock);
});
afterAll(() => hub.stop());

/** An application of its own, known to the service, with its first list uploaded. */
async function known(connector: string): Promise<{ real: ByHand; upload: () => Promise<void> }> {
  await hub.publish(application({ application: connector, connectorId: connector }));
  const document = { protocol: 'file', mode: 'observe', file: byHandFile };
  await hub.call('PUT', `/connectors/${connector}`, document);
  const upload = async (): Promise<void> => {
    hub.clock.advance(1_000);
    const path = `/connectors/${connector}/account-list?asOf=${hub.clock.now()}`;
    const { status, text } = await hub.call('POST', path, real.csv);
    if (status >= 300) throw new Error(text);
  };
  const real: ByHand = new ByHand(upload);
  await upload();
  return { real, upload };
}

const shared = { ...usual, granted, perPage: 5 };

describe('people who are told of each task by a signed webhook, and answer it', () => {
  let subject: Subject;
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    const { real } = await known('by-program');
    const program = await taskProgram(key);
    const way = await between(program.port);
    const doing: Doing = async (ticket) => {
      const task = program.taken.get(ticket);
      if (task === undefined) return false;
      const account = real.do(task);
      const { status, text } = await hub.call(
        'POST',
        `/tasks/${ticket}/confirm`,
        task.kind === 'create-account' ? { account } : {},
      );
      if (status >= 300) throw new Error(text);
      return true;
    };
    const targetWith = (signing: Buffer): TaskTarget => {
      const access = {
        baseUrl: `http://127.0.0.1:${way.port}/tasks`,
        guard: new AddressGuard([], true),
        connections: 4,
        nowMs: () => Date.now(),
      };
      const sender = new TaskSender(access, () => signing);
      const told = { ...terms, told: 'webhook' } as const;
      return new TaskTarget({ connector: 'by-program', book, terms: told, sender, isListed: true, perPage: 5 });
    };
    const [target, stranger] = [targetWith(key), targetWith(Buffer.alloc(24, 6))];
    const ours = { target: answeredByPeople(target, doing), stranger, between: way, application: real };
    subject = { ...shared, ...ours };
    stop = async () => {
      await Promise.all([target.destroy(), stranger.destroy()]);
      await way.stop();
      await program.stop();
    };
  });
  afterAll(() => stop());

  it.each(Object.entries(promises))('%s', async (_, promise) => {
    await expect(promise(subject)).resolves.toBeUndefined();
  });
});

describe('people who do the tasks of a list, and upload which accounts there are', () => {
  let subject: Subject;
  beforeAll(async () => {
    const { real, upload } = await known('by-list');
    const doing: Doing = async (ticket) => {
      const task = (await hub.call('GET', `/tasks/${ticket}`)).body as TaskToDo;
      real.do(task);
      await upload();
      return true;
    };
    const told = { ...terms, told: 'owners' } as const;
    const target = new TaskTarget({
      connector: 'by-list',
      book,
      terms: told,
      sender: null,
      isListed: true,
      perPage: 5,
    });
    const none = null as unknown as Subject['between'];
    subject = {
      ...shared,
      target: answeredByPeople(target, doing),
      stranger: target,
      between: none,
      application: real,
    };
  });

  it.each(Object.entries(promises).filter(([name]) => !overNetwork.has(name)))('%s', async (_, promise) => {
    await expect(promise(subject)).resolves.toBeUndefined();
  });
});
