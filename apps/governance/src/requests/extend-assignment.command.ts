import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { NotFound } from '#libs/problems/problem.js';
import { holderOf } from '../assignments/assignments.exports.js';
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

@CommandHandler(ExtendAssignment)
export class ExtendAssignmentHandler implements ICommandHandler<ExtendAssignment> {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandBus,
  ) {}

  async execute({ assignmentId, extension, caller, id }: ExtendAssignment): Promise<string> {
    const held = await holderOf(this.db, assignmentId);
    if (held === null) throw new NotFound('assignment', assignmentId);
    const { packageId, identityId: beneficiaryId } = held;
    const submission = { ...extension, packageId, beneficiaryId, startsAt: null, extends: assignmentId };
    return await this.commands.execute(new SubmitRequest(submission, caller, id));
  }
}
