import type { Answer } from '#libs/outgoing/classify.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { withoutConditions } from './apply-patch.js';
import { patchBody } from './patch-body.js';
import type { ScimProfile } from './profile.js';
import type { CallLimits } from './request.js';
import { groupSchema, type PatchOperation, type ScimGroup, type ScimUser, userSchema } from './resources.js';
import type { ScimWire } from './wire.js';

type Kind = 'Users' | 'Groups';
const schemaOf: Readonly<Record<Kind, string>> = { Users: userSchema, Groups: groupSchema };
type Resource = ScimUser | ScimGroup;

/** What a change was answered with. */
export interface Changed<Resource> {
  readonly status: number;
  /** The resource as the answer shows it; null where it shows none. */
  readonly shown: Resource | null;
}

/** A change of a user or group, in every form that an application may take it in. */
export interface Change<One> {
  readonly kind: Kind;
  readonly id: string;
  readonly operations: readonly PatchOperation[];
  readonly shown: One | null;
  /** The resource with the change, for applications that take it whole. */
  readonly after: (before: One) => object;
}

const isOtherVerb = (error: unknown): boolean => error instanceof CallFailure && error.terms.code === 'unsupported';

/** Changes of users and groups: by PATCH, or by writing the whole (RFC 7644 §3.5). */
export class ScimChanges {
  /** How the application takes changes: as its profile says, until it refuses that with 405 or 501. */
  private verb: ScimProfile['update'];

  constructor(
    private readonly wire: ScimWire,
    private readonly profile: ScimProfile,
  ) {
    this.verb = profile.update;
  }

  /** Below the base address. */
  path(kind: Kind, id: string): string {
    const { usersPath, groupsPath } = this.profile;
    return `${kind === 'Users' ? usersPath : groupsPath}/${encodeURIComponent(id)}`;
  }

  /** By the verb of the profile; by the other one from then on, when the application does not have that (405, 501). */
  async make<One extends Resource>(change: Change<One>, limits?: CallLimits): Promise<Changed<One>> {
    const verb = change.kind === 'Groups' && this.profile.memberChanges === 'put' ? 'read-and-put' : this.verb;
    try {
      return await this.changeBy<One>(verb, change, limits);
    } catch (error) {
      // A group that is written whole loses the members that it does not show: only where the profile says so.
      if (!isOtherVerb(error) || change.kind === 'Groups') throw error;
      const other = verb === 'patch' ? 'read-and-put' : 'patch';
      const changed = await this.changeBy<One>(other, change, limits).catch((again: unknown) => {
        throw isOtherVerb(again) ? error : again;
      });
      this.verb = other;
      return changed;
    }
  }

  private async changeBy<One extends Resource>(
    verb: ScimProfile['update'],
    change: Change<One>,
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const { kind, id, operations, shown } = change;
    if (verb === 'read-and-put') return await this.put<One>(change, limits);
    const plain =
      kind === 'Users' && !this.profile.filterInPath && operations.some(({ path }) => path.includes('['))
        ? withoutConditions(operations, shown ?? {})
        : operations;
    const body = patchBody(plain, this.profile);
    return await this.patch<One>({ kind, id, body, ifMatch: etagOf(shown) }, limits);
  }

  async patch<One extends Resource>(
    { kind, id, body, ifMatch }: { kind: Kind; id: string; body: object; ifMatch?: string | undefined },
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const answer = await this.wire.sendUnread({ method: 'PATCH', path: this.path(kind, id), body, ifMatch }, limits);
    return this.changed<One>(id, answer);
  }

  /** Reads the resource, changes it and writes it whole, unless somebody changed it in between. */
  async put<One extends Resource>(
    { kind, id, after }: Pick<Change<One>, 'kind' | 'id' | 'after'>,
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const path = this.path(kind, id);
    const read = await this.wire.send({ method: 'GET', path }, limits);
    const before = this.wire.asked<One>(id, read);
    const { meta, groups, ...rest } = after(before) as Record<string, unknown>;
    // RFC 7643 §3: each resource that is sent names its schema, also where the application does not show it.
    const body = rest['schemas'] === undefined ? { schemas: [schemaOf[kind]], ...rest } : rest;
    const header = read.headers['etag'];
    const ifMatch = (Array.isArray(header) ? header[0] : header) ?? etagOf(before);
    return this.changed<One>(id, await this.wire.sendUnread({ method: 'PUT', path, body, ifMatch }, limits));
  }

  private changed<One extends Resource>(id: string, answer: Answer | number): Changed<One> {
    if (typeof answer === 'number') return { status: answer, shown: null };
    const { status } = answer;
    const shown = answer.text === '' ? null : this.wire.identified<One>(answer, this.wire.parse(answer, true));
    // What shows another object says nothing of this one.
    return { status, shown: shown?.id === id ? shown : null };
  }
}

/** The version of a resource that shows one. @see RFC 7643 §3.1 */
function etagOf(resource: Resource | null): string | undefined {
  const meta: unknown = resource === null ? undefined : (resource as Record<string, unknown>)['meta'];
  const version = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)['version'] : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}
