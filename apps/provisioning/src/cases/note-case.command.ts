import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { assign } from './case.js';
import { CaseList } from './cases.query.js';
import { Cases } from './cases.stream.js';

/** A comment, or another person who looks after the case. */
export class NoteCase extends Command<void> {
  constructor(
    readonly id: string,
    readonly note: { readonly comment: string } | { readonly assignee: string | null },
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(NoteCase)
export class NoteCaseHandler implements ICommandHandler<NoteCase> {
  constructor(
    private readonly list: CaseList,
    private readonly cases: Cases,
    private readonly clock: Clock,
  ) {}

  async execute({ id, note, causation }: NoteCase): Promise<void> {
    const found = await this.list.one(id);
    if (found === null) throw new NotFound('case', id);
    const by = actorId(causation.actor);
    const terms = { case: id, connector: found.connector, by, at: this.clock.now() };
    await this.cases.transact(
      id,
      (state) =>
        'assignee' in note
          ? assign({ ...terms, assignee: note.assignee }, state)
          : [
              {
                type: 'CaseCommented',
                v: 1,
                data: { ...terms, comment: uuidv7() },
                personal: { text: { subject: by, fields: { text: note.comment } } },
              },
            ],
      causation,
    );
  }
}
