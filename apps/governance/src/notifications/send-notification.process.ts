import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { attributesOf, type KnownIdentity } from '../identities/identities.exports.js';
import { People, type PersonBatch } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { Channel, Outgoing, Sent } from './channel.port.js';
import { Channels } from './channels.process.js';
import { noticeLink, noticeText, type Reader } from './notice-texts.js';
import { type Attempt, type Notification, Notifications } from './notifications.store.js';

const kind = 'notify';
/** After this an attempt whose process died is made again. */
const attemptMs = 120_000;
const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;
/** A little more than a day of attempts. */
const attemptsAtMost = 30;

/** When a failed notification is tried again: 30 seconds, doubling up to an hour. Null: not any more. */
export function retryDelayMs(attempts: number): number | null {
  return attempts >= attemptsAtMost ? null : Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
}

/**
 * Sends what is due. A timer claims a notification and comes again after two minutes; the attempt itself runs beside the
 * timers, so that a slow receiver holds nothing up. A crash between sending and noting it sends once more, under the same id.
 */
@Injectable()
export class SendNotifications implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(SendNotifications.name);
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly notifications: Notifications,
    private readonly channels: Channels,
    private readonly people: People,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(kind, (due, work) => {
      for (const { key } of due) this.at(work, key, this.after(attemptMs));
      work.onCommitted(() => {
        for (const { key } of due) this.enqueue(key);
      });
      return Promise.resolve();
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.queue;
    await Promise.all(this.channels.all.map((channel) => channel.close()));
  }

  /** Has a notification sent at an instant. */
  at(work: Work, id: string, dueAt: string): void {
    this.timers.at(work, { kind, key: id, dueAt, payload: {} });
  }

  private after(ms: number): string {
    return new Date(Date.parse(this.clock.now()) + ms).toISOString();
  }

  private enqueue(id: string): void {
    this.queue = this.queue
      .then(() => this.attempt(id))
      .catch((error: unknown) => this.log.error(`notification ${id}: ${String(error)}`));
  }

  private async attempt(id: string): Promise<void> {
    const [notification] = await this.notifications.find([id]);
    const work = this.store.work();
    if (notification?.status !== 'pending') this.timers.cancel(work, kind, id);
    else {
      const sent = await this.sent(notification);
      const attempts = notification.attempts + 1;
      const again = sent?.is === 'failed' ? retryDelayMs(attempts) : null;
      this.notifications.note(work, id, attemptOf(sent, attempts, again !== null, this.clock.now()));
      if (again === null) this.timers.cancel(work, kind, id);
      else this.at(work, id, this.after(again));
    }
    await work.commit();
  }

  /** Null where there is nothing to tell any more. */
  private async sent(notification: Notification): Promise<Sent | null> {
    const channel = this.channels.named(notification.channel);
    if (channel === undefined) return { is: 'refused', problem: 'the channel is not configured any more' };
    if (!(await this.notifications.holds(notification))) return null;
    const outgoing = await this.outgoing(notification);
    return outgoing === null ? null : await this.over(channel, outgoing);
  }

  private over(channel: Channel, outgoing: Outgoing): Promise<Sent> | Sent {
    if (!channel.reaches(outgoing.recipient)) return { is: 'refused', problem: 'the recipient has no address' };
    return channel.send(outgoing);
  }

  /** Null if its recipient has left meanwhile. */
  private async outgoing({ id, kind: of, about, recipientId }: Notification): Promise<Outgoing | null> {
    const person = about.person ?? null;
    const { batch, catalog } = await this.people.today({ ids: [recipientId, person].filter((one) => one !== null) });
    const recipient = knownIn(batch, recipientId);
    if (recipientId !== null && (recipient === null || recipient.status === 'inactive')) return null;
    const names = {
      package: nameOf(catalog, 'access-package', about.package),
      application: nameOf(catalog, 'application', about.application),
      person: knownIn(batch, person)?.person?.displayName ?? person ?? '',
      review: await this.notifications.reviewTitle(about.review),
    };
    const link = noticeLink(this.settings.LINK_TEMPLATE ?? null, about);
    const reader = readerOf(recipient, this.settings.HUB_TIME_ZONE);
    const text = noticeText(of, about, names, reader, link);
    return { id, kind: of, about, link, ...text, recipient: addressed(recipient), at: this.clock.now() };
  }
}

function knownIn(batch: PersonBatch, id: string | null): KnownIdentity | null {
  const state = id === null ? null : batch.get(id).identity.state;
  return state === null || state.status === 'absent' ? null : state;
}

function nameOf(catalog: CatalogSnapshot, kind: 'access-package' | 'application', id = ''): string {
  return catalog.titleOf(kind, id).displayName ?? id;
}

function readerOf(recipient: KnownIdentity | null, zone: string): Reader {
  const { preferredLanguage = null, timeZone = zone } = (recipient === null ? null : attributesOf(recipient)) ?? {};
  return { language: preferredLanguage, zone: timeZone };
}

function addressed(recipient: KnownIdentity | null): Outgoing['recipient'] {
  if (recipient === null) return null;
  const { identityId: id, person } = recipient;
  return { id, displayName: person?.displayName ?? '', email: attributesOf(recipient)?.email ?? null };
}

function attemptOf(sent: Sent | null, attempts: number, again: boolean, now: string): Attempt {
  if (sent === null) return { status: 'obsolete', attempts: attempts - 1, problem: null, sentAt: null };
  if (sent.is === 'sent') return { status: 'sent', attempts, problem: null, sentAt: now };
  return { status: again ? 'pending' : 'failed', attempts, problem: sent.problem, sentAt: null };
}
