import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { publishedGovernance } from '../governance.published.js';
import { Accesses, type AssignmentFacts } from '../assignments/assignments.exports.js';
import { Identities } from '../identities/identities.exports.js';
import { AccessRequests } from '../requests/requests.exports.js';
import { DesiredAccesses } from '../desired-access/desired-access.exports.js';
import { explain, factsExplained, type Explained, type Explanation } from './explanation.js';

/** Collects the facts of an explanation: each feature reads its own, the store follows the causes. */
@Injectable()
export class ExplainedFacts {
  constructor(
    private readonly store: EventStore,
    private readonly identities: Identities,
    private readonly accesses: Accesses,
    private readonly requests: AccessRequests,
    private readonly desired: DesiredAccesses,
  ) {}

  async explanationOf(explained: Explained): Promise<Explanation> {
    const { identity: id, application } = explained.message;
    const [identity, assignments, newest] = await Promise.all([
      this.identities.causesOf(id),
      this.accesses.beginningsOf(id),
      this.desired.factAt(DesiredAccesses.idOf(id, application), explained.sequence),
    ]);
    const [requests, chain] = await Promise.all([
      this.requests.historiesOf(requestsOf(explained.message, assignments)),
      this.store.chain(factsExplained(explained, assignments, newest)),
    ]);
    return explain(explained, { assignments, requests, identity, newest, chain, typeOf: publicTypeOf });
  }
}

const publicTypeOf = (fact: RecordedFact): string => publishedGovernance(fact)[0]?.type ?? fact.type;

/** The requests from which the entitlements of a message came. */
function requestsOf(
  { entitlements }: DesiredAccessMessage,
  assignments: ReadonlyMap<string, AssignmentFacts>,
): string[] {
  const given = new Set(entitlements.flatMap(({ because }) => because));
  return [...given].flatMap((id) => {
    const cause = assignments.get(id)?.assignment.cause;
    return cause?.type === 'request' ? [cause.request] : [];
  });
}
