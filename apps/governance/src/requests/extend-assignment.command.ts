import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { NotFound } from '#libs/problems/problem.js';
import { holderOf } from '../assignments/assignments.exports.js';
import { People } from '../people/people.exports.js';
import { seesAll } from '../policy/policy.exports.js';
import { CallerWithoutIdentity } from './access-request.errors.js';
import { mayAskFor } from './admission.js';
import { SubmitRequest } from './submit-request.command.js';

/** Requests a later end of an assignment. Returns the id of the request. */
export class ExtendAssignment extends Command<string> {
  constructor(
    readonly assignmentId: string,
    readonly extension: { readonly endsAt: string; readonly justification: string | null },
    readonly caller: Caller,
    readonly id: string,
  ) {
    super();
  }
}

type Held = NonNullable<Awaited<ReturnType<typeof holderOf>>>;

@CommandHandler(ExtendAssignment)
export class ExtendAssignmentHandler implements ICommandHandler<ExtendAssignment> {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandBus,
    private readonly people: People,
  ) {}

  async execute({ assignmentId, extension, caller, id }: ExtendAssignment): Promise<string> {
    if (caller.identity === null)
      throw new CallerWithoutIdentity('only a caller with an identity can request access', {});
    const held = await holderOf(this.db, assignmentId);
    if (held === null || !(await this.maySee(held, caller))) throw new NotFound('assignment', assignmentId);
    const { packageId, identityId: beneficiaryId } = held;
    const submission = { ...extension, packageId, beneficiaryId, startsAt: null, extends: assignmentId };
    return await this.commands.execute(new SubmitRequest(submission, caller, id));
  }

  /** Its holder, those who may ask for the holder, and those who see all assignments. */
  private async maySee({ identityId, packageId }: Held, caller: Caller): Promise<boolean> {
    const { identity } = caller;
    if (identity === identityId || seesAll(caller)) return true;
    const { catalog, batch } = await this.people.today({ ids: [identityId] });
    const { state } = batch.get(identityId).identity;
    const requestFor = catalog.accessPackage(packageId)?.document.requestFor;
    if (requestFor == null || identity === null || state.status === 'absent') return false;
    const asking = { requesterId: identity, beneficiaryId: identityId, beneficiaryManagerId: state.managerId };
    return mayAskFor(asking, requestFor);
  }
}
