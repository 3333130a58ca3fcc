import { pathOf } from './attribute-path.js';
import { isOld, type ScimProfile } from './profile.js';
import { patchSchema, type PatchOperation } from './resources.js';

/** The body of a PATCH in the form that the application takes. */
export function patchBody(operations: readonly PatchOperation[], profile: ScimProfile): object {
  if (isOld(profile)) return oldBody(operations);
  const said = operations.map((one) => ({ ...one, ...valueOf(one, profile) }));
  const shaped = profile.patchShape === 'paths' ? said : merged(said, profile.patchShape);
  const op = (name: string): string =>
    profile.patchOps === 'capital' ? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}` : name;
  return { schemas: [patchSchema], Operations: shaped.map((one) => ({ ...one, op: op(one.op) })) };
}

function valueOf({ value }: PatchOperation, { booleans }: ScimProfile): { value?: unknown } {
  if (booleans === 'boolean' || typeof value !== 'boolean') return {};
  return { value: value ? 'True' : 'False' };
}

interface Shaped {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

/** All replacements of plain paths in one operation without a path. What it cannot say stays as it is. */
function merged(operations: readonly PatchOperation[], shape: 'pathless' | 'dotted'): Shaped[] {
  const value: Record<string, unknown> = {};
  const rest: Shaped[] = [];
  for (const operation of operations) {
    if (operation.op !== 'replace' || operation.path.includes('[')) rest.push(operation);
    else if (shape === 'dotted') value[operation.path] = operation.value;
    else nest(value, operation.path, operation.value);
  }
  return Object.keys(value).length === 0 ? rest : [{ op: 'replace', value }, ...rest];
}

function nest(at: Record<string, unknown>, text: string, value: unknown): void {
  const path = pathOf(text);
  if (path === null) return;
  const names = [path.urn, path.name, path.sub].filter((one) => one !== null);
  const last = names.pop() ?? text;
  let parent = at;
  for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>;
  parent[last] = value;
}

/** SCIM 1.1: the changed attributes as a part of the resource, and the names of those that are cleared. */
function oldBody(operations: readonly PatchOperation[]): object {
  const body: Record<string, unknown> = {};
  const cleared: string[] = [];
  const removed: object[] = [];
  for (const { op, path, value } of operations) {
    if (op !== 'remove') nest(body, path, value);
    else if (path.includes('[')) removed.push({ value: selectedIn(path), operation: 'delete' });
    else cleared.push(path);
  }
  const members = removed.length === 0 ? {} : { members: removed };
  return {
    schemas: [oldCore],
    ...body,
    ...members,
    ...(cleared.length === 0 ? {} : { meta: { attributes: cleared } }),
  };
}

const oldCore = 'urn:scim:schemas:core:1.0';

/** The value in `members[value eq "…"]`. */
function selectedIn(path: string): string {
  const quoted = /"(?:[^"\\]|\\.)*"/.exec(path)?.[0];
  return quoted === undefined ? path : String(JSON.parse(quoted));
}
