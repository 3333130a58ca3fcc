import { CallFailure } from '#libs/outgoing/failure.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { QuirkServer } from '../../../../../test/targets/quirks/quirk-server.js';
import { accountSeen, changesSeen } from '../shown-account.js';
import { type EntitlementTarget, reading, type ShownAccount, type Target } from '../target.js';

/** What a scenario is played with. */
export interface Stage {
  readonly target: Target;
  readonly server: QuirkServer;
}

type Scenario = (stage: Stage) => Promise<void>;

const person = (n: number): { identityId: string; userName: string } => ({
  identityId: uuidv5(`scenario/${n}`),
  userName: `p${n}@corp.example`,
});
const attributesOf = (userName: string): Record<string, unknown> => ({
  userName,
  'name.givenName': 'Ada',
  'name.familyName': 'Person',
  displayName: 'Ada Person',
  emails: [{ type: 'work', value: userName, primary: true }],
  'entitlements[type eq "profile"].value': 'standard',
});

const make = async ({ target }: Stage, n = 1): Promise<ShownAccount> => {
  const { identityId, userName } = person(n);
  return (await target.accounts.create({ identityId, userName }, attributesOf(userName), reading)).shown;
};

/** A promise that was not kept. */
function check(kept: boolean, what: string): void {
  if (!kept) throw new Error(what);
}

const stored = ({ server }: Stage, n = 1): Record<string, unknown> => server.directory.user(person(n).userName) ?? {};

/** What the hub needs of every application, whatever it does differently. The names are promises. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'an account that is not there is absent': async ({ target }) => {
    check((await target.accounts.find(person(1), reading)).length === 0, 'somebody was found');
  },

  'an account is made once, and found': async (stage) => {
    const made = await make(stage);
    const found = await stage.target.accounts.find(person(1), reading);
    check(found.length > 0 && found.every(({ id }) => id === made.id), 'another account, or none, was found');
    check(stage.server.directory.users.size === 1, 'it was made more than once');
    const { identityId, userName } = person(1);
    check(accountSeen(made, identityId, userName) !== 'contradicted', 'the answer contradicts the creation');
  },

  'one attribute is changed, and the others stay': async (stage) => {
    const { id } = await make(stage);
    const before = attributesOf(person(1).userName);
    await stage.target.accounts.change(id, { displayName: 'Ada B' }, before, reading);
    const { displayName, externalId, name } = stored(stage);
    check(displayName === 'Ada B' && externalId === person(1).identityId, 'it was not changed, or more was');
    check((name as { givenName?: string } | undefined)?.givenName === 'Ada', 'the name was lost');
  },

  'an entry of a list is changed, and the others stay': async (stage) => {
    const { id } = await make(stage);
    const phones = [
      { type: 'home', value: '9' },
      { type: 'work', value: '1' },
    ];
    const user = stage.server.directory.users.get(id);
    if (user !== undefined) user['roles'] = phones;
    const path = 'roles[type eq "work"].value';
    await stage.target.accounts.change(id, { [path]: '2' }, { [path]: '1' }, reading);
    const { roles } = stage.server.directory.users.get(id) ?? {};
    check(
      JSON.stringify(roles) === JSON.stringify([phones[0], { type: 'work', value: '2' }]),
      'the list is another one',
    );
  },

  'an attribute is emptied': async (stage) => {
    const { id } = await make(stage);
    const title = { title: 'Dr' };
    await stage.target.accounts.change(id, title, {}, reading);
    check(stored(stage)['title'] === 'Dr', 'it was not set');
    await stage.target.accounts.change(id, { title: null }, title, reading);
    check(['', undefined, null].includes(stored(stage)['title'] as string), 'it was not emptied');
  },

  'an account is disabled, and enabled': async (stage) => {
    const { id } = await make(stage);
    await stage.target.accounts.setActive(id, false, reading);
    check(stage.server.directory.users.get(id)?.['active'] === false, 'it is not disabled');
    check((await stage.target.accounts.read(id, reading)).active === false, 'it does not show as disabled');
    await stage.target.accounts.setActive(id, true, reading);
    check(stage.server.directory.users.get(id)?.['active'] === true, 'it is not enabled');
  },

  'a name that is taken is a conflict': async (stage) => {
    await make(stage);
    const { userName } = person(1);
    const again = stage.target.accounts.create({ ...person(2), userName }, attributesOf(userName), reading);
    const kind = await again.then(
      () => 'made twice',
      (error: unknown) => (error instanceof CallFailure ? error.terms.class : 'broken'),
    );
    check(kind === 'conflict', `it is ${kind}`);
  },

  'a disabled account is found after its name was refused': async (stage) => {
    const { id } = await make(stage);
    await stage.target.accounts.setActive(id, false, reading);
    const { userName } = person(1);
    await stage.target.accounts.create(person(1), attributesOf(userName), reading).catch(() => undefined);
    const found = await stage.target.accounts.find(person(1), reading);
    check(
      found.some((one) => one.id === id),
      'it was not found',
    );
  },

  'a lost answer makes no second account': async (stage) => {
    stage.server.lose('POST');
    await make(stage).catch(() => undefined);
    const found = await stage.target.accounts.find(person(1), reading);
    check(found.length > 0 && stage.server.directory.users.size === 1, 'what was made was not found');
  },

  'a group is found, or made and found': async (stage) => {
    check((await group(stage)).id !== '', 'there is none');
  },

  'members are added and taken away in parts, and nobody else': async (stage) => {
    const { groups, id } = await group(stage);
    const accounts = await Promise.all(Array.from({ length: 130 }, (_, n) => make(stage, n)));
    const ids = accounts.map((one) => one.id);
    const parts = (some: readonly string[]): string[][] =>
      Array.from({ length: Math.ceil(some.length / groups.mostAtOnce) }, (_, part) =>
        some.slice(part * groups.mostAtOnce, (part + 1) * groups.mostAtOnce),
      );
    for (const some of parts(ids)) await groups.grant(id, some, reading);
    check(members(stage, id).length === ids.length, 'somebody is missing');
    const gone = ids.slice(0, 120);
    for (const some of parts(gone)) await groups.revoke(id, some, reading);
    check(members(stage, id).join() === ids.slice(120).join(), 'others are members');
    const shown = await groups.holders(id, [ids[120] ?? '', ids[0] ?? ''], reading);
    check(shown.ids.has(ids[120] ?? '') && !shown.ids.has(ids[0] ?? ''), 'the group does not show its members');
  },

  'a list that is said to be complete is complete': async (stage) => {
    for (let n = 0; n < 130; n += 1) stage.server.directory.add('Users', { userName: person(n).userName });
    const seen = new Set<string>();
    let cursor: string | null = null;
    let complete: boolean;
    do {
      const page = await stage.target.accounts.list(cursor, reading);
      for (const { id } of page.items) seen.add(id);
      ({ next: cursor, complete } = page);
    } while (cursor !== null);
    check(complete && seen.size === 130, `it shows ${seen.size} of 130${complete ? '' : ', and is not complete'}`);
  },

  'what is not kept is not called seen': async (stage) => {
    const { id } = await make(stage);
    const title = 'Director of a department with a very long name';
    const { shown } = await stage.target.accounts.change(id, { title }, {}, reading);
    const kept = stored(stage)['title'] === title;
    check(kept || changesSeen(shown, { title }) !== 'yes', 'a value that was cut counts as seen');
  },

  'a name in the form that the application gives it contradicts nothing': async (stage) => {
    const { id } = await make(stage);
    const { shown } = await stage.target.accounts.change(id, { userName: 'ada2@corp.example' }, {}, reading);
    check(changesSeen(shown, { userName: 'ada2@corp.example' }) !== 'contradicted', 'the new name is contradicted');
  },
};

/** One that exists, where the application makes none. */
async function group({ target, server }: Stage): Promise<{ groups: EntitlementTarget; id: string }> {
  const groups = target.entitlements('group');
  if (groups === null) throw new Error('there are no groups');
  if (groups.create === null) server.directory.add('Groups', { displayName: 'Staff', members: [] });
  else await groups.create('Staff', reading);
  const [found] = await groups.find('Staff', reading);
  return { groups, id: found?.id ?? '' };
}

const members = ({ server }: Stage, id: string): string[] =>
  ((server.directory.groups.get(id)?.['members'] ?? []) as { value: string }[]).map(({ value }) => value);
