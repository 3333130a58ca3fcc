import type { Subscription } from '../event-bus.port.js';

/** The subscriptions of one bus: one for each group, all made before the start. */
export class Subscriptions {
  private readonly byGroup = new Map<string, Subscription>();
  private started = false;

  /** @param trusts for every subscription; all are trusted unless given */
  constructor(private readonly trusts?: NonNullable<Subscription['trusts']>) {}

  /** @throws Error for a second subscription of a group, and after the start */
  add(subscription: Subscription): void {
    if (this.started) throw new Error(`${subscription.group}: subscribe before the bus starts`);
    if (this.byGroup.has(subscription.group))
      throw new Error(`${subscription.group} has subscribed already: one subscription for each group`);
    if (subscription.topics.length === 0) throw new Error(`${subscription.group}: a subscription needs topics`);
    const { trusts } = this;
    this.byGroup.set(subscription.group, trusts === undefined ? subscription : { ...subscription, trusts });
  }

  start(): readonly Subscription[] {
    this.started = true;
    return [...this.byGroup.values()];
  }

  all(): readonly Subscription[] {
    return [...this.byGroup.values()];
  }

  /** One for each group and topic. */
  readers(): { group: string; topic: string }[] {
    return this.all().flatMap(({ group, topics }) => topics.map((topic) => ({ group, topic })));
  }

  groups(): readonly string[] {
    return [...this.byGroup.keys()];
  }

  get(group: string): Subscription {
    const found = this.byGroup.get(group);
    if (found === undefined) throw new Error(`no group ${group} on this bus`);
    return found;
  }
}
