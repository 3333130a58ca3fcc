import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import {
  compileRest,
  RestTarget,
  ScimTarget,
  type Target,
} from '../../../apps/provisioning/src/targets/targets.exports.js';
import { root } from '../../support/processes.js';
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
  keepsExternalId: true,
  removes: true,
} as const;

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
  const text = readFileSync(join(root, 'docs/connectors', `${file}.json`), 'utf8');
  return { ...(JSON.parse(text) as Record<string, unknown>), baseUrl };
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
    attribute: async (id, path) => {
      const [name = '', sub = ''] = path.split('.');
      const user = (await call('GET', `/Users/${id}`)) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      return user[name]?.[sub];
    },
    holders: async (_kind, name) => {
      const group = (await list('Groups')).find(({ displayName }) => displayName === name);
      const read = (await call('GET', `/Groups/${group?.id ?? ''}`)) as Resource;
      return (read.members ?? []).map(({ value }) => value);
    },
  };
}
