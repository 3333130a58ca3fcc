import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { publishedGovernance } from '../governance.published.js';
import { Accesses, type AssignmentFacts, type Grounds } from '../assignments/assignments.exports.js';
import { PastCatalog } from '../catalog/catalog.exports.js';
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
    private readonly past: PastCatalog,
  ) {}

  /** @param until what occurred later is left out; null: nothing is */
  async explanationOf(explained: Explained, until: string | null): Promise<Explanation> {
    const { identity: id, application } = explained.message;
    const [identity, assignments, [access], newest] = await Promise.all([
      this.identities.causesOf(id),
      this.accesses.beginningsOf(id),
      this.accesses.whole([id], until === null ? {} : { until }),
      this.desired.factAt(DesiredAccesses.idOf(id, application), explained.sequence),
    ]);
    const causes = causesOf(explained.message, assignments);
    const [requests, rules, chain] = await Promise.all([
      this.requests.historiesOf(causes.flatMap((one) => (one.type === 'request' ? [one.request] : []))),
      this.past.versionsOfRules(causes.flatMap((one) => (one.type === 'birthright' ? [one.rule] : []))),
      this.store.chain(factsExplained(explained, { assignments, access: access?.facts ?? [], newest })),
    ]);
    const parts = { assignments, requests, rules, identity, newest, chain };
    return explain(explained, { ...parts, access: access?.facts ?? [], typeOf: publicTypeOf });
  }
}

const publicTypeOf = (fact: RecordedFact): string => publishedGovernance(fact)[0]?.type ?? fact.type;

/** Why the assignments are there that the entitlements of a message came from. */
function causesOf(
  { entitlements }: Pick<DesiredAccessMessage, 'entitlements'>,
  assignments: ReadonlyMap<string, AssignmentFacts>,
): Grounds[] {
  const given = new Set(entitlements.flatMap(({ because }) => because));
  return [...given].flatMap((id) => assignments.get(id)?.assignment.cause ?? []);
}
