import { fieldsOf } from '#libs/contracts/entitlement.js';
import { Injectable } from '@nestjs/common';
import { entitlementOfResult, type ResultMessage } from '#libs/contracts/provisioning-results.js';
import { takenAwayBy, takenBy } from '#libs/contracts/operation-effects.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causationFrom } from '#libs/event-bus/message-of.js';
import type { Work } from '#libs/event-store/work.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { Clock } from '#libs/system/clock.js';
import { DueChanges, governanceActor } from '../people/people.exports.js';
import type { Access } from './access-state.js';
import { Accesses } from './accesses.stream.js';
import { hasMoved } from './time.js';
import { takeAnswer, takeRemoval, type ApplicationAnswer } from './application-answers.js';
import type { RemovalAnswer } from './removal.js';
import type { WorkflowEvent } from './workflow.events.js';
import { answeredSteps } from './workflow.js';

type Result = PublicMessage<ResultMessage>;

/** Reads the results of applications; updates the delivery of assignments and the removal of ended ones. */
@Injectable()
export class ProvisioningResultsConsumer {
  constructor(
    private readonly accesses: Accesses,
    private readonly due: DueChanges,
    private readonly clock: Clock,
  ) {}

  wanted(messages: readonly Result[]): { ids: string[] } {
    return { ids: messages.filter((message) => isAnswer(message)).map(({ body }) => body.identity) };
  }

  /** @param held what the people hold, by identity; what changes is put there */
  handle(messages: readonly Result[], held: Map<string, Loaded<Access>>, work: Work): void {
    for (const message of withoutOvertaken(messages)) this.take(message, held, work);
  }

  /** Steps of workflows that wait for what the application says of the account. */
  private answeredSteps(message: Result, { workflows }: Access): WorkflowEvent[] {
    const { identity, application: about, desiredEpoch: epoch, desiredSequence: sequence } = message.body;
    const word = saysInSync(message) ? 'done' : isRefused(message) ? 'failed' : null;
    return word === null ? [] : answeredSteps({ about, epoch, sequence, word }, identity, workflows, this.clock.now());
  }

  private take(message: Result, held: Map<string, Loaded<Access>>, work: Work): void {
    const before = held.get(message.body.identity);
    if (before === undefined || before.version === 0) return;
    const delivered = answerOf(message);
    const removed = removalAnswerOf(message);
    const { state } = before;
    const events = [
      ...(delivered === null ? [] : takeAnswer(delivered, state)),
      ...(removed === null ? [] : takeRemoval(removed, state)),
      ...this.answeredSteps(message, state),
    ];
    const causation = causationFrom(message, governanceActor);
    const { id, state: after, version } = this.accesses.stage(work, before, events, causation);
    held.set(id, { id, state: after, version });
    // What waited for this delivery ends in a work of its own.
    if (after.assignments.some((one) => hasMoved(one, after)))
      this.due.watch(work, { id, state: after, version }, this.clock.now());
  }
}

const isAnswer = (message: Result): boolean => answerOf(message) !== null || removalAnswerOf(message) !== null;

/** An answer that shows the opposite of what was written does not count as a delivery. */
const saysInSync = ({ type, body }: Result): boolean =>
  (body.inSync === true || type === 'hub.provisioning.account.in-sync.v1') && body.seen !== 'contradicted';

/** Does the application refuse, for good, to disable or delete the account? */
const isRefused = ({ type, body }: Result): boolean =>
  type === 'hub.provisioning.operation.failed.v1' &&
  body.willRetry === false &&
  (body.kind === 'disable-account' || body.kind === 'delete-account');

/**
 * Leaves out messages that a later in-sync message of the batch replaces, so that one fact records a delivery instead of three.
 */
function withoutOvertaken(messages: readonly Result[]): Result[] {
  const synced = new Set<string>();
  return messages
    .toReversed()
    .filter((message) => {
      const about = `${message.body.identity} ${message.body.application}`;
      if (saysInSync(message)) synced.add(about);
      else if (synced.has(about)) return takenAway(message) !== null;
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
      // Bulk work records no `delivering` state: a fact for each would be a fifth of all facts.
      if (message.bulk === true) return null;
      return { application, epoch, sequence, outcome: 'delivering', because };
    case 'hub.provisioning.account.out-of-scope.v1':
      return { application, epoch, sequence, outcome: 'failed', because: null, isWithdrawn: true, ...wordsOf(body) };
    case 'hub.provisioning.operation.failed.v1':
      return body.willRetry === false
        ? { application, epoch, sequence, outcome: 'failed', because, ...wordsOf(body) }
        : null;
    case 'hub.provisioning.drift.detected.v1':
      // Another value of an attribute takes no access, and what somebody gave is none of this assignment.
      if (body.code === 'attribute-changed' || body.code === 'membership-added' || body.code === 'reactivated')
        return null;
      return { application, epoch, sequence, outcome: 'pending', because: because.length === 0 ? null : because };
    default:
      return null;
  }
}

/** What the application said. */
const wordsOf = ({ detail }: ResultMessage): { readonly words?: string } =>
  detail === undefined ? {} : { words: detail };

function removalAnswerOf(message: Result): RemovalAnswer | null {
  const { application, desiredEpoch: epoch, desiredSequence: sequence } = message.body;
  const about = takenAway(message);
  const inSync = saysInSync(message);
  return about === null && !inSync ? null : { application, epoch, sequence, about, inSync };
}

/** The answer of a message about a removal; null if it is not final. */
function takenAway({ type, body }: Result): RemovalAnswer['about'] {
  const { kind, verified, verifiable, willRetry } = body;
  const entitlement = entitlementOfResult(body);
  const failed = type === 'hub.provisioning.operation.failed.v1';
  const taken = failed ? takenBy(kind) : takenAwayBy(type);
  if (taken === null || taken !== entitlement.kind) return null;
  const about = (word: NonNullable<RemovalAnswer['about']>['word']): RemovalAnswer['about'] => ({
    entitlement: fieldsOf(entitlement),
    word,
  });
  if (failed) return willRetry === false ? about('failed') : null;
  if (verified === true) return about('done');
  return verifiable === false ? about('not-verifiable') : null;
}
