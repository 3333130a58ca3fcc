import { isDeepStrictEqual } from 'node:util';
import { generic, type ScimProfile, type Searchable } from '#libs/scim/client/profile.js';
import type { ProfileChoice } from './scim-profiles.js';

/** Something that the application does otherwise, and how that showed. */
export interface Deviation {
  readonly name: keyof ScimProfile;
  readonly value: unknown;
  readonly saw: string;
}

/** What was found out about an application. */
export interface Discovered {
  /** What to name as `profile` in the connector document. */
  readonly profile: ProfileChoice;
  readonly deviations: readonly { readonly switch: string; readonly value: unknown; readonly saw: string }[];
  /** What no known switch explains: a person looks at it. */
  readonly unsettled: readonly string[];
  readonly wrote: boolean;
  /** What was made for the search and could not be removed: a person removes it. */
  readonly leftovers: readonly string[];
}

/** A profile that grows with what is seen. */
export class ProposedProfile {
  readonly unsettled: string[] = [];
  private readonly seen = new Map<keyof ScimProfile, Deviation>();
  private now: ScimProfile;

  constructor(start: ScimProfile) {
    this.now = start;
    for (const [name, value] of Object.entries(start) as [keyof ScimProfile, unknown][])
      if (!isDeepStrictEqual(value, generic[name])) this.seen.set(name, { name, value, saw: 'the connector says so' });
  }

  get profile(): ScimProfile {
    return this.now;
  }

  /** What it is like with another value, to try it. */
  with(changes: Partial<ScimProfile>): ScimProfile {
    return { ...this.now, ...changes };
  }

  note(name: keyof ScimProfile, value: unknown, saw: string): void {
    if (isDeepStrictEqual(this.now[name], value)) return;
    this.now = { ...this.now, [name]: value };
    if (isDeepStrictEqual(generic[name], value)) this.seen.delete(name);
    else this.seen.set(name, { name, value, saw });
  }

  /** A part of what can be searched by. */
  searches({ users, without }: { users?: Searchable['users']; without?: 'and' | 'or' }, saw: string): void {
    const before = this.now.searchable;
    const former = this.seen.get('searchable')?.saw;
    const value = {
      ...before,
      users: users ?? before.users,
      operators: before.operators.filter((one) => one !== without),
    };
    this.note('searchable', value, former === undefined ? saw : `${former}; ${saw}`);
  }

  result(): Pick<Discovered, 'profile' | 'deviations' | 'unsettled'> {
    const deviations = [...this.seen.values()];
    const switches = Object.fromEntries(deviations.map(({ name, value }) => [name, value]));
    return {
      profile: deviations.length === 0 ? 'generic' : { template: 'generic', switches },
      unsettled: this.unsettled,
      deviations: deviations.map(({ name, value, saw }) => ({ switch: name, value, saw })),
    };
  }
}
