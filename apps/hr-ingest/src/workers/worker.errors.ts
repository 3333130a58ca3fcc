import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { DomainError } from '#libs/event-store/core.js';

/** `personId` joins employments of one person; joining or separating known persons is not served yet. */
export class PersonDiffers extends DomainError<{ pointer: '/personId' }> {
  readonly code = 'worker.person_differs';

  constructor() {
    super('personId names another person than before: give the first one', {
      pointer: '/personId',
    });
  }
}

/** Keys are the same when their canonical forms are the same. Of two keys that differ only in case, one is a mistake. */
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
  /** The held statement has its own fact. */
  readonly recorded = true;

  constructor(
    /** The present holder of the number. */
    readonly known: { readonly worker: string; readonly version: number; readonly attributes: WorkerAttributes },
    readonly differing: readonly string[],
  ) {
    super(
      `this number is another person's: ${differing.join(', ')} differ. Give a new person a new number. If it is the same person, an hr-operator releases the held statement at /hr/v1/holds`,
      { pointer: '/employeeId' },
    );
  }
}

/** The source affected so many people within the last hour that this statement is held. `members` is part of the problem document. */
export class StatementHeld extends DomainError<{ members: { readonly hold: string } }> {
  readonly code = 'worker.held';
  /** The held statement has its own fact. */
  readonly recorded = true;

  constructor(hold: string, detail: string) {
    super(`${detail}: nothing is applied until an hr-operator decides, at /hr/v1/holds/${hold}`, {
      members: { hold },
    });
  }
}
