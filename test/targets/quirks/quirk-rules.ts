import type { Reply, Resource } from './quirk-directory.js';
import { filterOf, operationsOf, type Quirk, type QuirkRequest, refused } from './quirk-server.js';

export const isUsers = ({ path }: QuirkRequest): boolean => path.startsWith('/Users');
export const isGroups = ({ path }: QuirkRequest): boolean => path.startsWith('/Groups');

/** A rule that only refuses. */
export const refuses = (cites: string, why: (request: QuirkRequest) => string | null, status = 400): Quirk => ({
  cites,
  instead: (request) => {
    const detail = why(request);
    return detail === null ? null : refused(status, detail);
  },
});

export const noOr = (cites: string): Quirk =>
  refuses(cites, (request) =>
    / or /i.test(filterOf(request)) ? 'InvalidFilter: the operator or is not supported' : null,
  );

export const searchesBy = (cites: string, names: readonly string[]): Quirk =>
  refuses(cites, (request) => {
    const filter = filterOf(request);
    const asked = [...filter.matchAll(/([\w.]+) eq/g)].map(([, name = '']) => name);
    const other = isUsers(request) ? asked.find((name) => ![...names, 'active'].includes(name)) : undefined;
    return other === undefined ? null : `InvalidFilter: users are not searched by ${other}`;
  });

/** DELETE disables the user, and says that it is done. */
export const deleteDisables = (cites: string): Quirk => ({
  cites,
  instead: ({ method, path, directory }) => {
    if (method !== 'DELETE' || !path.startsWith('/Users/')) return null;
    const user = directory.users.get(decodeURIComponent(path.slice('/Users/'.length)));
    if (user === undefined) return refused(404, 'no such user');
    user['active'] = false;
    return { status: 204, body: null };
  },
});

export const isOpBy = (request: QuirkRequest, pattern: RegExp): boolean =>
  operationsOf(request).some(({ path }) => typeof path === 'string' && pattern.test(path));

/** A creation with another number of profiles than one, or a change that takes one away or adds one. */
export function isProfileLost(request: QuirkRequest): boolean {
  const { method, path, body } = request;
  if (!isUsers(request)) return false;
  if (method === 'PATCH')
    return operationsOf(request).some(({ op, path: at }) => /^entitlements\[/.test(String(at)) && op !== 'replace');
  return method === 'POST' && path === '/Users' && profilesIn(body) !== 1;
}

function profilesIn({ entitlements }: QuirkRequest['body']): number {
  const all = Array.isArray(entitlements) ? (entitlements as Resource[]) : [];
  return all.filter(({ type }) => type === 'profile').length;
}

export function resources({ body }: Reply): Resource[] {
  const found = (body as { Resources?: unknown } | null)?.Resources;
  return Array.isArray(found) ? (found as Resource[]) : [];
}

export const count = (reply: Reply): number => (reply.status === 200 ? resources(reply).length : -1);

export const listOf = (found: readonly Resource[]): Reply => ({
  status: 200,
  body: { totalResults: found.length, startIndex: 1, Resources: found },
});

export function without(reply: Reply, isOut: (one: Resource) => boolean): Reply {
  return reply.status === 200 ? listOf(resources(reply).filter((one) => !isOut(one))) : reply;
}

export const members = (request: QuirkRequest): number =>
  operationsOf(request).reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 1), 0);

export function withoutMembers(body: object | null): object | null {
  if (body === null) return null;
  const { members: _, Resources, ...rest } = body as Resource;
  return {
    ...rest,
    ...('id' in rest ? { members: [] } : {}),
    ...(Array.isArray(Resources) ? { Resources: (Resources as Resource[]).map((one) => withoutMembers(one)) } : {}),
  };
}

/** `id eq "g1" and members eq "u1"`, and pages by cursor. */
export function cursorPage(request: QuirkRequest): Reply | null {
  const { query, directory, path } = request;
  const [, group, member] = /^id eq "(.*)" and members eq "(.*)"$/.exec(filterOf(request)) ?? [];
  if (group !== undefined) {
    const found = directory.groups.get(group);
    const has = ((found?.['members'] ?? []) as Resource[]).some(({ value }) => value === member);
    return listOf(found !== undefined && has ? [found] : []);
  }
  if (filterOf(request) !== '') return null;
  const all = [...(path === '/Users' ? directory.users : directory.groups).values()];
  if (!query.has('cursor'))
    return { status: 200, body: { Resources: all.slice(0, 50), totalResults: Math.min(all.length, 50) } };
  // The cursor is the last id that was shown: what goes meanwhile makes no page pass over anybody.
  const after = query.get('cursor') ?? '';
  const rest = all.filter(({ id }) => after === '' || numberIn(id) > numberIn(after));
  const page = rest.slice(0, Math.min(Number(query.get('count') ?? 100), 100));
  const next = page.length < rest.length ? { nextCursor: String(page.at(-1)?.['id']) } : {};
  return { status: 200, body: { Resources: page, ...next } };
}

const numberIn = (id: unknown): number => Number(String(id).slice(1));

export function rewritten(body: object | null): object | null {
  if (body === null) return null;
  const { userName, Resources, ...rest } = body as Resource;
  return {
    ...rest,
    ...(typeof userName === 'string' ? { userName: `${userName.split('@')[0] ?? ''}_emu` } : {}),
    ...(Array.isArray(Resources) ? { Resources: (Resources as Resource[]).map((one) => rewritten(one)) } : {}),
  };
}
