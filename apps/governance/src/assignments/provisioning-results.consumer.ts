import { Injectable } from '@nestjs/common';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causedBy } from '#libs/event-bus/message-of.js';
import type { Work } from '#libs/event-store/work.js';
import type { Crowd } from '../people/crowd.js';
import { governanceActor } from '../people/settle.command.js';
import { Accesses } from './accesses.stream.js';
import { takeAnswer, type ApplicationAnswer } from './access.js';

type Result = PublicMessage<ResultMessage>;

/** What applications answered in; how far each assignment is delivered out. */
@Injectable()
export class ProvisioningResultsConsumer {
  constructor(private readonly accesses: Accesses) {}

  wanted(batch: readonly Result[]): { ids: string[] } {
    return { ids: batch.filter((message) => answerOf(message) !== null).map(({ body }) => body.identity) };
  }

  handle(batch: readonly Result[], crowd: Crowd, work: Work): void {
    for (const message of withoutOvertaken(batch)) this.take(message, crowd, work);
  }

  private take(message: Result, crowd: Crowd, work: Work): void {
    const answer = answerOf(message);
    const person = crowd.get(message.body.identity);
    if (answer === null || person.access.version === 0) return;
    const events = takeAnswer(answer, person.access.state);
    const cause = causedBy(message, governanceActor);
    const { id, state, version } = this.accesses.stage(work, person.access, events, cause);
    crowd.put({ ...person, access: { id, state, version } });
  }
}

const saysInSync = ({ type, body }: Result): boolean =>
  body.inSync === true || type === 'hub.provisioning.account.in-sync.v1';

/** Leaves out what an in-sync later in the batch has overtaken: under load one fact tells a delivery, not three. */
function withoutOvertaken(batch: readonly Result[]): Result[] {
  const synced = new Set<string>();
  return batch
    .toReversed()
    .filter((message) => {
      const about = `${message.body.identity} ${message.body.application}`;
      if (saysInSync(message)) synced.add(about);
      else if (synced.has(about)) return false;
      return true;
    })
    .reverse();
}

function answerOf(message: Result): ApplicationAnswer | null {
  const { type, body } = message;
  const { application, desiredEpoch: epoch, desiredSequence: sequence, because } = body;
  if (saysInSync(message)) return { application, epoch, sequence, outcome: 'delivered', because: null };
  switch (type) {
    case 'hub.provisioning.operation.started.v1':
      // Of a crowd only the ends are told: a fact for each beginning would be a fifth of all there is to say.
      if (message.bulk === true) return null;
      return { application, epoch, sequence, outcome: 'delivering', because };
    case 'hub.provisioning.operation.failed.v1':
      return body.willRetry === false ? { application, epoch, sequence, outcome: 'failed', because } : null;
    default:
      return null;
  }
}
