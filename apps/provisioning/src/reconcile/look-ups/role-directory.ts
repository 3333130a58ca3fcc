import { CallFailure } from '#libs/outgoing/failure.js';
import { type EntitlementTarget, reading } from '../../targets/targets.exports.js';

/** How long a role is used under its id before its name is looked up again. */
const nameCheckMs = 60_000;

interface Asked {
  readonly id: Promise<string | null>;
  readonly atMs: number;
}

/** Finds a role by its name. The hub makes no roles: what a role may do is defined in the application. */
export class RoleDirectory {
  private readonly known = new Map<string, Asked>();

  constructor(
    private readonly target: Pick<EntitlementTarget, 'find' | 'read'>,
    private readonly nowMs: () => number,
  ) {}

  /** @throws CallFailure `role-missing` when the application has none of that name */
  async idOf(name: string): Promise<string> {
    const id = await this.existing(name);
    if (id !== null) return id;
    this.known.delete(name);
    const mend = 'create it there, or take it out of the package that grants it, then retry';
    throw failure('role-missing', `the application has no role ${name}: ${mend}`);
  }

  /** The application's id of the role; null for none. */
  async existing(name: string): Promise<string | null> {
    const asked = this.known.get(name);
    if (asked !== undefined && this.nowMs() - asked.atMs < nameCheckMs) return await asked.id;
    const id = this.find(name);
    this.known.set(name, { id, atMs: this.nowMs() });
    try {
      return await id;
    } catch (error) {
      this.known.delete(name);
      throw error;
    }
  }

  /** Roles are not made by the hub: what is there was there before. */
  isThere(): void {}

  /** The application knows no role with that id: is there none of that name either? */
  async isGone(name: string, id: string): Promise<boolean> {
    this.known.delete(name);
    const found = await this.existing(name);
    if (found === id) throw failure('found-and-gone', '', 'transient');
    return found === null;
  }

  /** Names of roles are compared exactly: two that differ in case may have different rights. */
  private async find(name: string): Promise<string | null> {
    const [one, ...more] = (await this.target.find(name, reading)).filter((role) => role.name === name);
    if (more.length === 0) return one?.id ?? null;
    const several = `${more.length + 1} roles of the application have the name ${name}`;
    throw failure('role-ambiguous', `${several}: rename all but one, then retry`);
  }
}

function failure(code: string, detail: string, kind: 'validation' | 'transient' = 'validation'): CallFailure {
  return new CallFailure({ class: kind, code, status: null, effectUnknown: false, retryAfterMs: null, detail });
}
