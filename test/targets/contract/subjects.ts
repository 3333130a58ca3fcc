import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { plainYaml } from '#libs/text/plain-yaml.js';
import {
  type Attributes,
  compileRest,
  RestTarget,
  ScimTarget,
  type Target,
} from '../../../apps/provisioning/src/targets/targets.exports.js';
import { root } from '../../support/processes.js';
import { knownQuirks } from '../quirks/known-quirks.js';
import type { QuirkDirectory } from '../quirks/quirk-directory.js';
import { quirkToken, startQuirkServer } from '../quirks/quirk-server.js';
import type { RunningApi } from '../rest/api.js';
import { between } from './between.js';
import type { RealApplication, Subject } from './subject.js';

export const token = 'contract-token-5d1a';

export interface Running {
  readonly subject: Subject;
  stop(): Promise<void>;
}

type Terms = Omit<Subject, 'target' | 'stranger' | 'between'>;

const person = (userName: string) => ({
  userName,
  'name.givenName': 'Ada',
  'name.familyName': 'Lovelace',
  displayName: 'Ada Lovelace',
});

/** What the subjects have in common. */
export const usual = {
  written: person,
  changed: { path: 'name.familyName', to: 'King' },
  kept: { path: 'name.givenName', value: 'Ada' },
  text: null,
  list: null,
  removal: 'removes',
  keepsExternalId: true,
  findsByPerson: true,
  showsUserName: true,
  refusesTakenNames: false,
  listsHolders: true,
} as const;

/** What subjects that speak SCIM have in common. */
export const usualScim = { ...usual, text: 'title', list: 'phoneNumbers' } as const;

const access = (baseUrl: string, secret: string) => ({
  baseUrl,
  auth: { type: 'bearer', token: () => secret } as const,
  guard: new AddressGuard([], true),
  connections: 4,
  nowMs: () => Date.now(),
});

async function running(
  port: number,
  target: (port: number, secret: string) => Target,
  { secret, ...terms }: Terms & { readonly secret: string },
  stop: () => Promise<unknown>,
): Promise<Running> {
  const way = await between(port);
  const [known, stranger] = [target(way.port, secret), target(way.port, 'unknown')];
  return {
    subject: { ...terms, target: known, stranger, between: way },
    stop: async () => {
      await Promise.all([known.destroy(), stranger.destroy()]);
      await way.stop();
      await stop();
    },
  };
}

/** An application that speaks SCIM at `/scim/v2`, or another path. */
export function scimSubject(
  {
    port,
    path = '/scim/v2',
    secret = token,
    stop,
  }: { readonly port: number; readonly path?: string; readonly secret?: string; stop(): Promise<unknown> },
  terms: Omit<Terms, 'application'>,
): Promise<Running> {
  const target = (at: number, known: string): Target => new ScimTarget(access(`http://127.0.0.1:${at}${path}`, known));
  return running(
    port,
    target,
    { ...terms, application: scimApplication(`http://127.0.0.1:${port}${path}`, secret), secret },
    stop,
  );
}

/** An application that differs from the RFC in the ways of one kind, called as a profile says. */
export async function quirkSubject(kind: string, profile: ScimProfile): Promise<Running> {
  const server = await startQuirkServer(knownQuirks[kind] ?? []);
  const { port, pathname } = new URL(server.baseUrl);
  const application = directoryApplication(server.directory);
  if (!profile.createGroups) server.directory.add('Groups', { displayName: 'Contract', members: [] });
  const terms = { ...usualScim, ...termsOf(profile), application, secret: quirkToken };
  const target = (at: number, secret: string): Target =>
    new ScimTarget(access(`http://127.0.0.1:${at}${pathname}`, secret), profile);
  return await running(Number(port), target, terms, () => server.stop());
}

/** What an application of this profile keeps of the contract, and in which way. */
function termsOf({ deleteMeans, searchable, userNameForm, readMembers, pageSize }: ScimProfile) {
  const removals = { hard: 'removes', irreversible: 'removes', soft: 'disables', unsupported: 'refuses' } as const;
  return {
    written: (userName: string): Attributes => ({
      ...person(userName),
      emails: [{ type: 'work', value: userName, primary: true }],
      'entitlements[type eq "profile"].value': 'standard',
    }),
    granted: [{ kind: 'group', name: 'Contract' }] as const,
    perPage: pageSize,
    // Some take one phone number only.
    list: 'roles',
    removal: removals[deleteMeans],
    findsByPerson: searchable.users.includes('externalId'),
    showsUserName: userNameForm !== 'rewritten',
    refusesTakenNames: true,
    listsHolders: readMembers === 'in-group',
  };
}

/** An application with an API of its own, by a description of `docs/connectors`. @param base path of its API */
export function restSubject(
  { port, stop }: RunningApi,
  { file, base }: { readonly file: string; readonly base: string },
  terms: Terms,
): Promise<Running> {
  const target = (at: number, secret: string): Target => {
    const { description, problems } = compileRest(described(file, `http://127.0.0.1:${at}${base}`), 'everything');
    if (description?.accounts == null) throw new Error(JSON.stringify(problems));
    return new RestTarget(access(`http://127.0.0.1:${at}${base}`, secret), description, description.accounts);
  };
  return running(port, target, { ...terms, secret: token }, stop);
}

/** A worked description, for an application at this address. */
export function described(file: string, baseUrl: string): Record<string, unknown> {
  const path = ['json', 'yaml'].map((kind) => join(root, 'docs/connectors', `${file}.${kind}`)).find(existsSync);
  // JSON is YAML, too.
  return { ...(plainYaml(readFileSync(path ?? file, 'utf8')) as Record<string, unknown>), baseUrl };
}

/** A directory, read and changed behind the back of its server. */
function directoryApplication(directory: QuirkDirectory): RealApplication {
  const user = (id: string) => directory.users.get(id);
  return {
    accounts: () =>
      Promise.resolve(
        [...directory.users].map(([id, one]) => ({
          id,
          userName: String(one['userName']),
          active: one['active'] !== false,
        })),
      ),
    addAccount: (account) => Promise.resolve(String(directory.add('Users', { ...account, active: true })['id'])),
    removeAccount: (id) => {
      directory.users.delete(id);
      return Promise.resolve();
    },
    attribute: (id, path) => Promise.resolve(valueIn(user(id), path)),
    setEntries: (id, list, entries) => {
      const account = user(id);
      if (account !== undefined) account[list] = structuredClone(entries);
      return Promise.resolve();
    },
    holders: (_kind, name) => {
      const group = [...directory.groups.values()].find(({ displayName }) => displayName === name);
      return Promise.resolve(((group?.['members'] ?? []) as { value: string }[]).map(({ value }) => value));
    },
  };
}

/** `title`, or `name.familyName`. */
function valueIn(resource: Readonly<Record<string, unknown>> | undefined, path: string): unknown {
  const [name = '', sub] = path.split('.');
  const value = resource?.[name];
  return sub === undefined ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[sub];
}

interface Resource {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly active?: boolean;
  readonly name?: Readonly<Record<string, unknown>>;
  readonly members?: readonly { readonly value: string }[];
}

/** The same application, asked without the target. */
function scimApplication(base: string, secret: string): RealApplication {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' };
    const answer = await fetch(`${base}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  };
  const list = async (kind: string): Promise<readonly Resource[]> => {
    const found = new Map<string, Resource>();
    for (;;) {
      const before = found.size;
      const page = (await call('GET', `/${kind}?startIndex=${before + 1}&count=100`)) as { Resources?: Resource[] };
      for (const one of page.Resources ?? []) found.set(one.id, one);
      if (found.size === before) return [...found.values()];
    }
  };
  return {
    accounts: async () =>
      (await list('Users')).map(({ id, userName, active }) => ({ id, userName, active: active !== false })),
    addAccount: async (account) => {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
      return ((await call('POST', '/Users', { schemas, ...account, active: true })) as Resource).id;
    },
    removeAccount: async (id) => void (await call('DELETE', `/Users/${id}`)),
    attribute: async (id, path) =>
      valueIn((await call('GET', `/Users/${id}`)) as Readonly<Record<string, unknown>>, path),
    setEntries: async (id, list, entries) => {
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
      await call('PATCH', `/Users/${id}`, { schemas, Operations: [{ op: 'replace', path: list, value: entries }] });
    },
    holders: async (_kind, name) => {
      const group = (await list('Groups')).find(({ displayName }) => displayName === name);
      const read = (await call('GET', `/Groups/${group?.id ?? ''}`)) as Resource;
      return (read.members ?? []).map(({ value }) => value);
    },
  };
}
