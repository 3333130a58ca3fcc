import { some } from '../../support/some.js';
import { randomUUID } from 'node:crypto';
import { CallFailure } from '#libs/outgoing/failure.js';
import { accountSeen, changesSeen, holderSeen } from '../../../apps/provisioning/src/targets/shown-account.js';
import {
  type Call,
  type EntitlementTarget,
  type Page,
  reading,
  type ShownAccount,
  type SoughtAccount,
} from '../../../apps/provisioning/src/targets/target.js';
import { eventually } from '../../support/eventually.js';
import type { RealAccount, Subject } from './subject.js';

/** What every target promises. The name of a promise is what is true when it is kept. */
export const promises: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  'an account that it made is found by the person’s id and by its name': async (subject) => {
    const { target, application, findsByPerson } = subject;
    const sought = somebody();
    const made = await create(subject, sought);
    const { id } = made;
    expect((await real(subject, sought)).map((one) => one.id)).toEqual([id]);
    const byName = await target.accounts.find({ ...sought, identityId: null }, call());
    expect(byName.map((one) => one.id)).toEqual([id]);
    const byPerson = await target.accounts.find({ ...sought, userName: null }, call());
    expect(byPerson.map((one) => one.id)).toEqual(findsByPerson ? [id] : []);
    const read = await target.accounts.read(id, call());
    expect([read.id, read.userName, read.active]).toEqual([id, shownName(subject, sought), true]);
    for (const shown of [made, read])
      expect(accountSeen(shown, sought.identityId, sought.userName)).not.toBe('contradicted');
    await application.removeAccount(id);
  },

  'what is not there is not found, and an unknown id is gone': async ({ target, removal }) => {
    expect(await target.accounts.find(somebody(), call())).toEqual([]);
    expect(await failureOf(target.accounts.read('9999999', call()))).toMatchObject({ class: 'gone' });
    if (removal !== 'refuses') expect([404, 410]).toContain(await target.accounts.remove('9999999', call()));
  },

  'an account of another person is shown as theirs': async ({ target, application, keepsExternalId }) => {
    const sought = somebody();
    const other = randomUUID();
    const id = await application.addAccount({ userName: sought.userName, externalId: other });
    const found = await target.accounts.find(sought, call());
    expect(found.map((one) => one.id)).toEqual([id]);
    expect(found[0]?.externalId).toBe(keepsExternalId ? other : undefined);
    await application.removeAccount(id);
  },

  'a change writes what it is given and nothing else, and its answer or a reading shows it': async (subject) => {
    const { target, application, changed, kept } = subject;
    const sought = somebody();
    const { id } = await create(subject, sought);
    const written = { [changed.path]: changed.to };
    const { shown } = await target.accounts.change(id, written, subject.written(sought.userName), call());
    expect(await application.attribute(id, changed.path)).toBe(changed.to);
    expect(await application.attribute(id, kept.path)).toBe(kept.value);
    expect((await real(subject, sought))[0]).toMatchObject({ userName: sought.userName, active: true });
    const read = shown ?? (await target.accounts.read(id, call()));
    expect(changesSeen(read, written)).toBe('yes');
    await application.removeAccount(id);
  },

  'an entry of a list is changed, and the others stay': async (subject) => {
    const { target, application, list } = subject;
    if (list === null) return;
    const { id } = await create(subject, somebody());
    const home = { type: 'home', value: '+4930901820' };
    await application.setEntries?.(id, list, [home, { type: 'work', value: '+4930901821' }]);
    const path = `${list}[type eq "work"].value`;
    await target.accounts.change(id, { [path]: '+4930901822' }, { [path]: '+4930901821' }, call());
    expect(await application.attribute(id, list)).toMatchObject([home, { type: 'work', value: '+4930901822' }]);
    await application.removeAccount(id);
  },

  'a text is set and emptied': async (subject) => {
    const { target, application, text } = subject;
    if (text === null) return;
    const { id } = await create(subject, somebody());
    await target.accounts.change(id, { [text]: 'Doctor' }, {}, call());
    expect(await application.attribute(id, text)).toBe('Doctor');
    await target.accounts.change(id, { [text]: null }, { [text]: 'Doctor' }, call());
    expect((await application.attribute(id, text)) ?? '').toBe('');
    await application.removeAccount(id);
  },

  'a value that the application does not keep is not called seen': async (subject) => {
    const { target, application, text } = subject;
    if (text === null) return;
    const { id } = await create(subject, somebody());
    const written = { [text]: 'Director of a department with a very long name' };
    const { shown } = await target.accounts.change(id, written, {}, call());
    const isKept = (await application.attribute(id, text)) === written[text];
    if (!isKept) expect(changesSeen(shown, written)).not.toBe('yes');
    await application.removeAccount(id);
  },

  'another name, in whatever form the application shows it, contradicts nothing': async (subject) => {
    const { target, application } = subject;
    const [sought, renamed] = [somebody(), somebody()];
    const { id } = await create(subject, sought);
    const written = { userName: renamed.userName };
    const { shown } = await target.accounts.change(id, written, subject.written(sought.userName), call());
    expect(changesSeen(shown, written)).not.toBe('contradicted');
    expect((await real(subject, renamed)).map((one) => one.id)).toEqual([id]);
    await application.removeAccount(id);
  },

  'a name that is taken is a conflict, and the account that has it is found, disabled too': async (subject) => {
    const { target, application, refusesTakenNames } = subject;
    if (!refusesTakenNames) return;
    const sought = somebody();
    const { id } = await create(subject, sought);
    await target.accounts.setActive(id, false, call());
    const again = target.accounts.create(sought, subject.written(sought.userName), call());
    expect(await failureOf(again)).toMatchObject({ class: 'conflict', effectUnknown: false });
    expect((await target.accounts.find(sought, call())).map((one) => one.id)).toContain(id);
    await application.removeAccount(id);
  },

  'an account is disabled, enabled and removed, and a reading shows each': async (subject) => {
    const { target } = subject;
    const sought = somebody();
    const { id } = await create(subject, sought);
    for (const active of [false, true, false]) {
      await target.accounts.setActive(id, active, call());
      await shownInTime(target.accounts.shownWithinMs, async () => {
        expect((await real(subject, sought)).map((one) => one.active)).toEqual([active]);
        expect((await target.accounts.read(id, call())).active).toBe(active);
      });
    }
    if (subject.removal === 'refuses') {
      expect(await failureOf(target.accounts.remove(id, call()))).toMatchObject({ class: 'validation' });
      return;
    }
    expect(await target.accounts.remove(id, call())).toBeLessThan(300);
    await shownInTime(target.accounts.shownWithinMs, async () => {
      if (subject.removal === 'disables') return expect((await real(subject, sought))[0]?.active).toBe(false);
      expect(await real(subject, sought)).toEqual([]);
      expect(await failureOf(target.accounts.read(id, call()))).toMatchObject({ class: 'gone' });
    });
  },

  'an answer without an effect is not taken for the effect': async (subject) => {
    const { target, between, application } = subject;
    const sought = somebody();
    const { id } = await create(subject, sought);
    between.answerNext({ status: 204 });
    const { shown } = await target.accounts.setActive(id, false, call());
    expect(shown?.active).not.toBe(false);
    expect((await real(subject, sought))[0]?.active).toBe(true);
    for (const { name, entitlements } of some(await entitlementsOf(subject))) {
      between.answerNext({ status: 204 });
      const answer = await entitlements.grant(await idOf(entitlements, name), [id], call()).catch(asFailure);
      const isClaimed = !(answer instanceof CallFailure) && holderSeen(answer.shown, id) === 'yes';
      expect([name, isClaimed]).toEqual([name, false]);
    }
    await application.removeAccount(id);
  },

  'a lost answer leaves the effect unknown, and the change was sent once': async (subject) => {
    const { target, between, application } = subject;
    const sought = somebody();
    between.loseNext();
    const before = between.writes.length;
    const lost = target.accounts.create(sought, subject.written(sought.userName), call());
    expect(await failureOf(lost)).toMatchObject({ effectUnknown: true });
    expect(between.writes.length - before).toBe(1);
    const [one, ...more] = await real(subject, sought);
    expect(more).toEqual([]);
    await shownInTime(target.accounts.shownWithinMs, async () => {
      const found = await target.accounts.find(sought, call());
      expect([...new Set(found.map(({ id }) => id))]).toEqual([one?.id]);
    });
    await application.removeAccount(one?.id ?? '');
  },

  'a lost answer to a change leaves the effect unknown, and the change was sent once': async (subject) => {
    const { target, between, changed, removal } = subject;
    const sought = somebody();
    const { id } = await create(subject, sought);
    const written = { [changed.path]: changed.to };
    const changes: (() => Promise<unknown>)[] = [
      () => target.accounts.change(id, written, subject.written(sought.userName), call()),
      () => target.accounts.setActive(id, false, call()),
      ...(removal === 'refuses' ? [] : [() => target.accounts.remove(id, call())]),
    ];
    for (const change of some(changes)) {
      between.loseNext();
      const before = between.writes.length;
      expect(await failureOf(change())).toMatchObject({ effectUnknown: true });
      expect(between.writes.length - before).toBe(1);
    }
    const left = (await real(subject, sought)).map(({ active }) => active);
    expect(left).toEqual(removal === 'removes' ? [] : [false]);
    await removed(subject, [id]);
  },

  'a refusal has no effect, and the application’s words': async (subject) => {
    const { target, between } = subject;
    const sought = somebody();
    between.answerNext({ status: 400, body: JSON.stringify({ detail: 'no licence is left' }) });
    const refused = await failureOf(target.accounts.create(sought, subject.written(sought.userName), call()));
    expect(refused).toMatchObject({ class: 'validation', status: 400, effectUnknown: false });
    expect(refused.detail).toContain('no licence is left');
    expect(await real(subject, sought)).toEqual([]);
  },

  'invalid credentials write nothing': async (subject) => {
    const sought = somebody();
    const refused = subject.stranger.accounts.create(sought, subject.written(sought.userName), call());
    expect(await failureOf(refused)).toMatchObject({ class: 'auth', effectUnknown: false });
    expect(await real(subject, sought)).toEqual([]);
  },

  'a list shows every account, page by page': async (subject) => {
    const ids = await added(subject, subject.perPage + 3);
    const { items, complete } = await all((cursor) => subject.target.accounts.list(cursor, call()));
    expect(items.map(({ id }) => id).sort()).toEqual((await subject.application.accounts()).map(({ id }) => id).sort());
    expect(complete).toBe(true);
    await removed(subject, ids);
  },

  'a list that passed over an account, because another one went, is not complete': async (subject) => {
    const { target, application, perPage } = subject;
    const ids = await added(subject, 2 * perPage + 1);
    const { items: before } = await all((cursor) => target.accounts.list(cursor, call()));
    const shown = new Set<string>();
    let page = await target.accounts.list(null, call());
    await application.removeAccount(before[0]?.id ?? '');
    for (;;) {
      for (const { id } of page.items) shown.add(id);
      if (page.next === null) break;
      page = await target.accounts.list(page.next, call());
    }
    const passedOver = (await application.accounts()).filter(({ id }) => !shown.has(id));
    if (passedOver.length > 0) expect(page.complete).toBe(false);
    await removed(subject, ids);
  },

  'it grants to as many at once as it says, takes from as many, and from nobody else': async (subject) => {
    const { application } = subject;
    for (const { kind, name, entitlements } of some(await entitlementsOf(subject))) {
      const id = await idOf(entitlements, name);
      const { mostAtOnce } = entitlements;
      const accounts = await added(subject, Math.min(mostAtOnce, 100) + 1);
      for (const part of parts(accounts, mostAtOnce)) await entitlements.grant(id, part, call());
      const held = async (): Promise<unknown> => [...(await application.holders(kind, name))].sort();
      expect([name, await held()]).toEqual([name, [...accounts].sort()]);
      const [stays = '', ...gone] = accounts;
      for (const part of parts(gone, mostAtOnce)) await entitlements.revoke(id, part, call());
      expect([name, await held()]).toEqual([name, [stays]]);
      await entitlements.revoke(id, [stays], call());
      await removed(subject, accounts);
    }
  },

  'what it grants is found by name, granted to exactly these accounts, and taken from exactly these': async (
    subject,
  ) => {
    const { application } = subject;
    const [one, other] = [await create(subject, somebody()), await create(subject, somebody())];
    for (const { kind, name, entitlements } of some(await entitlementsOf(subject))) {
      const id = await idOf(entitlements, name);
      for (const { id: account } of [one, other]) await entitlements.grant(id, [account], call());
      const held = async (): Promise<unknown> => [...(await application.holders(kind, name))].sort();
      await shownInTime(entitlements.shownWithinMs, async () => {
        expect([name, await held()]).toEqual([name, [one.id, other.id].sort()]);
        const shown = await entitlements.holders(id, [one.id, other.id], call());
        expect([holderSeen(shown, one.id), holderSeen(shown, other.id)]).toEqual(['yes', 'yes']);
      });
      expect(await entitlements.revoke(id, [one.id], call())).toBeLessThan(300);
      await shownInTime(entitlements.shownWithinMs, async () => {
        expect([name, await held()]).toEqual([name, [other.id]]);
        expect(holderSeen(await entitlements.holders(id, [one.id], call()), one.id)).not.toBe('yes');
      });
      await entitlements.revoke(id, [other.id], call());
    }
    await removed(subject, [one.id, other.id]);
  },

  'a lost answer to a grant or removal leaves the effect unknown, and it was sent once': async (subject) => {
    const { between, application } = subject;
    const { id: account } = await create(subject, somebody());
    for (const { kind, name, entitlements } of some(await entitlementsOf(subject))) {
      const id = await idOf(entitlements, name);
      between.loseNext();
      const before = between.writes.length;
      expect(await failureOf(entitlements.grant(id, [account], call()))).toMatchObject({ effectUnknown: true });
      expect(between.writes.length - before).toBe(1);
      expect(await application.holders(kind, name)).toEqual([account]);
      await shownInTime(entitlements.shownWithinMs, async () => {
        expect(holderSeen(await entitlements.holders(id, [account], call()), account)).toBe('yes');
      });
      between.loseNext();
      expect(await failureOf(entitlements.revoke(id, [account], call()))).toMatchObject({ effectUnknown: true });
      expect(await application.holders(kind, name)).toEqual([]);
    }
    await removed(subject, [account]);
  },

  'entitlements and those who hold them are listed': async (subject) => {
    const { id: account } = await create(subject, somebody());
    for (const { name, entitlements } of some(await entitlementsOf(subject))) {
      const id = await idOf(entitlements, name);
      await entitlements.grant(id, [account], call());
      const listed = await all((cursor) => entitlements.list(cursor, call()));
      expect([listed.items.find((one) => one.id === id)?.name, listed.complete]).toEqual([name, true]);
      const { allHolders, heldBy } = entitlements;
      expect(allHolders ?? heldBy).not.toBeNull();
      const { listsHolders } = subject;
      await shownInTime(entitlements.shownWithinMs, async () => {
        if (allHolders !== null)
          expect(await all((cursor) => allHolders(id, cursor, call()))).toEqual({
            items: listsHolders ? [account] : [],
            complete: listsHolders,
          });
        if (heldBy !== null) expect((await all((cursor) => heldBy(account, cursor, call()))).items).toContain(id);
      });
      await entitlements.revoke(id, [account], call());
    }
    await removed(subject, [account]);
  },

  'an account that is there proves the place, and that of somebody else does not': async (subject) => {
    const { target, application } = subject;
    const sought = somebody();
    const id = await application.addAccount({ userName: sought.userName });
    const isSame = (shown: ShownAccount): boolean => shown.userName === shownName(subject, sought);
    expect(await target.probe([{ id, isSame }], call())).toMatchObject({ proven: true, same: [0] });
    expect(await target.probe([{ id, isSame: () => false }], call())).toMatchObject({ proven: false, unclear: false });
    expect(await target.probe([{ id: '9999999', isSame }], call())).toMatchObject({ proven: false, unclear: false });
    await application.removeAccount(id);
  },
};

/** Promises about what a network does to calls: a target that calls nobody has none to keep. */
export const overNetwork: ReadonlySet<string> = new Set([
  'an answer without an effect is not taken for the effect',
  'a lost answer leaves the effect unknown, and the change was sent once',
  'a lost answer to a change leaves the effect unknown, and the change was sent once',
  'a refusal has no effect, and the application’s words',
  'invalid credentials write nothing',
  'a lost answer to a grant or removal leaves the effect unknown, and it was sent once',
]);

/** Names of the promises that this target breaks. */
export async function broken(subject: Subject, names: readonly string[] = Object.keys(promises)): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    try {
      await promises[name]?.(subject);
    } catch {
      found.push(name);
    }
  }
  return found;
}

/** A person whom nobody knows yet; the name has 21 characters, the most that some applications take. */
const somebody = (): SoughtAccount & { readonly identityId: string; readonly userName: string } => {
  const identityId = randomUUID();
  return { identityId, userName: `${identityId.slice(0, 8)}@corp.example` };
};

const call = (): Call => ({ ...reading, operation: randomUUID() });

async function create(subject: Subject, sought: ReturnType<typeof somebody>): Promise<ShownAccount> {
  const { shown } = await subject.target.accounts.create(sought, subject.written(sought.userName), call());
  return shown;
}

/** The name of an account as it is to be shown; undefined where another one is. */
const shownName = ({ showsUserName }: Subject, { userName }: ReturnType<typeof somebody>): string | undefined =>
  showsUserName ? userName : undefined;

const parts = (accounts: readonly string[], most: number): string[][] =>
  Array.from({ length: Math.ceil(accounts.length / most) }, (_, part) =>
    accounts.slice(part * most, (part + 1) * most),
  );

async function real({ application }: Subject, { userName }: SoughtAccount): Promise<readonly RealAccount[]> {
  return (await application.accounts()).filter((one) => one.userName === userName);
}

async function added({ application }: Subject, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await application.addAccount({ userName: somebody().userName }));
  return ids;
}

async function removed({ application }: Subject, ids: readonly string[]): Promise<void> {
  const there = new Set((await application.accounts()).map(({ id }) => id));
  for (const id of ids) if (there.has(id)) await application.removeAccount(id);
}

interface GrantedKind {
  readonly kind: 'group' | 'role';
  readonly name: string;
  readonly entitlements: EntitlementTarget;
}

async function entitlementsOf({ target, granted }: Subject): Promise<readonly GrantedKind[]> {
  const all: GrantedKind[] = [];
  for (const { kind, name } of granted) {
    const entitlements = target.entitlements(kind);
    if (entitlements === null) throw new Error(`grants no ${kind}`);
    const found = await entitlements.find(name, call());
    if (found.length === 0) await entitlements.create?.(name, call());
    all.push({ kind, name, entitlements });
  }
  return all;
}

async function idOf(entitlements: EntitlementTarget, name: string): Promise<string> {
  const [one, ...more] = (await entitlements.find(name, call())).filter((found) => found.name === name);
  if (one === undefined || more.length > 0) throw new Error(`${1 + more.length} have the name ${name}`);
  expect(await entitlements.read(one.id, call())).toMatchObject({ id: one.id, name });
  return one.id;
}

async function all<Item>(
  pageAt: (cursor: string | null) => Promise<Page<Item>>,
): Promise<{ items: Item[]; complete: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: Page<Item> = await pageAt(cursor);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) return { items, complete: page.complete };
  }
}

/** At once, or within the time that the target says. */
async function shownInTime(withinMs: number, check: () => Promise<void>): Promise<void> {
  if (withinMs === 0) return await check();
  await eventually(
    () =>
      check().then(
        () => true,
        () => false,
      ),
    { timeoutMs: withinMs },
  );
}

function asFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  throw error;
}

async function failureOf(promise: Promise<unknown>): Promise<CallFailure['terms']> {
  const answer = await promise.then(() => null, asFailure);
  if (answer === null) throw new Error('the call succeeded');
  return answer.terms;
}
