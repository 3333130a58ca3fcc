import { randomUUID } from 'node:crypto';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import type { ScimTarget } from '../../../apps/provisioning/src/targets/scim/scim-target.process.js';
import { type EntitlementTarget, reading } from '../../../apps/provisioning/src/targets/target.js';
import { type Quirk, type QuirkRequest, type QuirkServer, refused } from './quirk-server.js';

export interface Running {
  readonly target: ScimTarget;
  readonly groups: EntitlementTarget;
  readonly server: QuirkServer;
}

/** A deviation of a server, and the switch that fits it. */
export interface Deviation {
  readonly row: number;
  readonly switches: Partial<ScimProfile>;
  readonly server: readonly Omit<Quirk, 'cites'>[];
  /** Goes wrong with the generic profile, and not with the switch. */
  readonly works: (running: Running) => Promise<void>;
}

export const somebody = () => {
  const identityId = randomUUID();
  return { identityId, userName: `${identityId.slice(0, 8)}@corp.example` };
};
export const create = async ({ target }: Running, more: object = {}): Promise<string> => {
  const sought = somebody();
  const { shown } = await target.accounts.create(sought, { userName: sought.userName, ...more }, reading);
  return shown.id;
};
export const addGroup = ({ server }: Running): string =>
  String(server.directory.add('Groups', { displayName: 'Staff', members: [] })['id']);
export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof CallFailure ? error.terms.code : Promise.reject(error as Error)),
  );
export const refuse = (why: (request: QuirkRequest) => boolean, status = 400): Omit<Quirk, 'cites'> => ({
  instead: (request) => (why(request) ? refused(status, 'not here') : null),
});
export const isUser = ({ path }: QuirkRequest): boolean => path.startsWith('/Users/');
export const isGroup = ({ path }: QuirkRequest): boolean => path.startsWith('/Groups/');
export const patches = ({ method }: QuirkRequest): boolean => method === 'PATCH';
export const disables = async (running: Running): Promise<void> => {
  const id = await create(running);
  await running.target.accounts.setActive(id, false, reading);
  expect(running.server.directory.users.get(id)?.['active']).toBe(false);
};
export const empties = async (running: Running): Promise<void> => {
  const id = await create(running, { title: 'Dr' });
  await running.target.accounts.change(id, { title: null }, { title: 'Dr' }, reading);
  expect(running.server.directory.users.get(id)?.['title'] ?? '').toBe('');
};
/** Nothing is sent that the application would refuse or cut. */
export const isNotSent =
  (attributes: object) =>
  async (running: Running): Promise<void> => {
    expect(await codeOf(create(running, attributes))).toBe('value-refused');
    expect(running.server.requests).toEqual([]);
  };
