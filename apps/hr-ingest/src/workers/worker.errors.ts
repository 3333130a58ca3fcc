import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { DomainError } from '#libs/event-store/core.js';

/** `personId` joins employments of one person; joining or parting persons the hub already knows is not served yet. */
export class PersonDiffers extends DomainError<{ pointer: '/personId' }> {
  readonly code = 'worker.person_differs';

  constructor() {
    super('personId names another person than before: give the first one', {
      pointer: '/personId',
    });
  }
}

/** Keys are one when their canonical forms are, and two that differ only in case are a mistake of the writer of one. */
export class KeyTaken extends DomainError<{ pointer: `/${'employeeId' | 'personId'}` }> {
  readonly code = 'worker.key_taken';

  private constructor(field: 'employeeId' | 'personId', detail: string) {
    super(`${field} ${detail}`, { pointer: `/${field}` });
  }

  static inOtherCase(field: 'employeeId' | 'personId', given: string, first: string): KeyTaken {
    return new KeyTaken(field, `"${given}" differs only in case from "${first}", which is already known: use that one`);
  }

  static severalTimes(field: 'employeeId' | 'personId', given: string, keys: readonly string[]): KeyTaken {
    const written = keys.map((key) => JSON.stringify(key)).join(', ');
    return new KeyTaken(
      field,
      `"${given}" is the key of several from before keys had one form (${written}): write it as it was written for the one you mean`,
    );
  }
}

/** Only the number is the same: applying it would give one person's accounts to another person. */
export class OtherPerson extends DomainError<{ pointer: '/employeeId' }> {
  readonly code = 'worker.other_person';
  /** What is set aside has a fact of its own. */
  readonly recorded = true;

  constructor(
    /** Whom the number means so far. */
    readonly known: { readonly worker: string; readonly version: number; readonly attributes: WorkerAttributes },
    readonly differing: readonly string[],
  ) {
    super(
      `this number is another person's: ${differing.join(', ')} differ. Give a new person a new number. If it is the same person, an hr-operator releases the held statement at /hr/v1/holds`,
      { pointer: '/employeeId' },
    );
  }
}

/** The source touched so many within the last hour that this one waits for a person. `members` is part of the problem document. */
export class StatementHeld extends DomainError<{ members: { readonly hold: string } }> {
  readonly code = 'worker.held';
  /** What is held has a fact of its own. */
  readonly recorded = true;

  constructor(hold: string, detail: string) {
    super(`${detail}: nothing is applied until an hr-operator decides, at /hr/v1/holds/${hold}`, {
      members: { hold },
    });
  }
}
