import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { People } from '../people/people.exports.js';
import { Succeed } from './succeed.process.js';
import { Successions } from './successions.store.js';

/** Gives everything that a leaver was responsible for to a named person. */
export class Transfer extends Command<void> {
  constructor(
    readonly leaverId: string,
    readonly successorId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(Transfer)
export class TransferHandler implements ICommandHandler<Transfer> {
  constructor(
    private readonly successions: Successions,
    private readonly people: People,
    private readonly succeed: Succeed,
  ) {}

  async execute({ leaverId, successorId, caller }: Transfer): Promise<void> {
    if ((await this.successions.find(leaverId)) === null) throw new NotFound('succession', leaverId);
    const { batch } = await this.people.today({ ids: [successorId] });
    const { status } = batch.get(successorId).identity.state;
    if (status === 'absent' || status === 'inactive')
      throw new InvalidInput([{ pointer: '/successorId', detail: 'must be the id of somebody who is here' }]);
    await this.succeed.transfer(leaverId, successorId, causationOf(caller));
  }
}
