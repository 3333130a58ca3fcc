import { Injectable, type OnModuleInit } from '@nestjs/common';
import { groups } from '#libs/contracts/groups.js';
import type { ExposureMessage } from '#libs/contracts/exposures.js';
import type { AssignmentMessage } from '#libs/contracts/decisions.js';
import { typesOn } from '#libs/contracts/registry.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { stagesOf, type CatalogSnapshot } from '../policy/policy.exports.js';
import { Channels } from './channels.process.js';
import { foundNotices } from './found-notices.js';
import { noticesFor, type NoticeSurroundings } from './notice.js';
import { reviewNotices, reviewOf } from './review-notices.js';
import { Notifications } from './notifications.store.js';
import { SendNotifications } from './send-notification.process.js';

const read = [topics.decisions, topics.identities, topics.results];
/** What happened longer ago is told to nobody: a channel that is new does not begin with the past. */
const toldWithinMs = 86_400_000;

/** Makes notifications from events, if there is a channel to send them on. */
@Injectable()
export class NoticesConsumer implements OnModuleInit {
  constructor(
    private readonly bus: EventBus,
    private readonly channels: Channels,
    private readonly notifications: Notifications,
    private readonly sending: SendNotifications,
    private readonly catalog: CurrentCatalog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    if (this.channels.all.length === 0) return;
    this.bus.subscribe({
      group: groups.governanceNotifications,
      topics: read,
      types: typesOn(...read),
      lingerMs: 50,
      handle: (batch, work) => this.handle(batch, work),
    });
  }

  private async handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const at = this.clock.now();
    const since = new Date(Date.parse(at) - toldWithinMs).toISOString();
    const recent = batch.filter(({ time }) => time >= since);
    if (recent.length === 0) return;
    const reviews = recent.flatMap((message) => reviewOf(message) ?? []);
    const [around, ends] = await Promise.all([this.around(recent), this.notifications.endsOf(reviews)]);
    const notices = recent.flatMap((message) => [
      ...noticesFor(message, around),
      ...foundNotices(message, around),
      ...reviewNotices(message, (review) => ends.get(review) ?? null),
    ]);
    for (const { name } of this.channels.all) {
      const told = name === 'email' ? notices.filter(({ recipient }) => recipient !== null) : notices;
      for (const { id, dueAt } of this.notifications.stage(work, told, name, at)) this.sending.at(work, id, dueAt);
    }
  }

  private async around(batch: readonly PublicMessage[]): Promise<NoticeSurroundings> {
    const asked = batch.flatMap(({ type, body }) => {
      if (type !== 'hub.governance.assignment.delivery-changed.v1') return [];
      const { cause } = body as AssignmentMessage;
      return cause.type === 'request' ? [cause.request] : [];
    });
    const reviewed = batch.flatMap(({ type, body }) =>
      type === 'hub.governance.assignment.grace-started.v1' ? [(body as AssignmentMessage).identity] : [],
    );
    const [requesters, catalog] = await Promise.all([this.notifications.requestersOf(asked), this.catalog.current()]);
    const overdue = batch.filter(({ type }) => type === 'hub.provisioning.exposure.escalated.v1');
    const applications = overdue.map(({ body }) => (body as ExposureMessage).application);
    const managers = await this.notifications.managersOf([...catalog.owners.of(applications), ...reviewed]);
    return {
      requesterOf: (request) => requesters.get(request) ?? null,
      ownersOf: (application) => [...catalog.owners.of([application])],
      managersOf: (identities) => identities.flatMap((identity) => managers.get(identity) ?? []),
      responsibleFor: (identity) => responsibilitiesIn(catalog, identity),
    };
  }
}

/** Applications that somebody owns, and packages that name them as an approver. */
function responsibilitiesIn(catalog: CatalogSnapshot, identity: string): string[] {
  const name = `user:${identity}`;
  const approved = catalog
    .publishedPackages()
    .filter(({ document }) =>
      stagesOf(document.approval).some(({ approvers, escalateTo = [] }) =>
        [...approvers, ...escalateTo].includes(name),
      ),
    );
  return [...catalog.owners.applicationsOwnedBy([identity]), ...approved.map(({ id }) => id)];
}
