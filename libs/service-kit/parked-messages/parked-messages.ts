import { Injectable } from '@nestjs/common';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { undecodable } from '#libs/event-bus/cloud-event.js';
import { EventBus, type ParkedMessage } from '#libs/event-bus/event-bus.port.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { decodeCursor, pageOf, type Page } from '../input/page.js';
import { NotFound, RequestProblem } from '#libs/problems/problem.js';
import { uuidOf } from '../input/uuid-param.js';
import type { MessageDismissed } from './dismissal.events.js';
import type { ParkedOutcome, ParkedView } from './parked-messages.dto.js';

/** Shows, replays and dismisses messages that the service's consumers could not handle. */
@Injectable()
export class ParkedMessages {
  constructor(private readonly bus: EventBus) {}

  /** The first message of each line, by group, topic and key. */
  async list(limit: number, cursor: string | undefined): Promise<Page<ParkedView>> {
    const after = decodeCursor(cursor, ['text', 'text', 'text']);
    const place = after === null ? null : { group: after[0], topic: after[1], line: after[2] };
    const rows = await this.bus.parking.list(limit + 1, place);
    return pageOf(rows, limit, (last) => [last.group, last.topic, last.line], viewOf);
  }

  /** @throws NotFound for what is not parked, or not parked any more; RequestProblem when several groups have it parked */
  async get(id: string, group?: string): Promise<ParkedView> {
    return viewOf(await this.find(id, group));
  }

  /** Handles it and the messages that wait for it, in order, as far as possible. @throws as `get` */
  async replay(id: string, group?: string): Promise<ParkedOutcome> {
    const parked = await this.find(id, group);
    const { outcome, stuck } = await this.bus.parking.replay(parked.group, parked.id);
    if (outcome === 'unknown') throw new NotFound(what, id);
    return { id: parked.id, group: parked.group, outcome, stuck };
  }

  /** Dismisses it, which is a fact; the messages that wait for it continue. @throws as `get` */
  async dismiss(id: string, group: string | undefined, reason: string, caller: Caller): Promise<ParkedOutcome> {
    const parked = await this.find(id, group);
    const fact = dismissalOf(parked, reason, caller);
    const { outcome, stuck } = await this.bus.parking.dismiss(parked.group, parked.id, (work) => {
      work.append(`dismissal-${uuidv7()}`, 0, [fact], causationOf(caller));
    });
    if (outcome === 'unknown') throw new NotFound(what, id);
    return { id: parked.id, group: parked.group, outcome, stuck };
  }

  private async find(id: string, group?: string): Promise<ParkedMessage> {
    const found = await this.bus.parking.find(uuidOf(what, id));
    const [first, ...others] = found.filter((one) => group === undefined || one.group === group);
    if (first === undefined) throw new NotFound(what, id);
    if (others.some((one) => one.group !== first.group)) {
      const groups = [...new Set(found.map((one) => one.group))].join(' or ');
      throw new RequestProblem(409, 'parked_message.in_several_groups', 'several groups have this message parked', [
        { pointer: '/group', detail: `is missing: add ?group= with ${groups}` },
      ]);
    }
    return first;
  }
}

const what = 'parked message';

/** The place of its line is for the cursor alone. */
function viewOf(parked: ParkedMessage): ParkedView {
  const { id, group, topic, key, type, source, sequence, epoch, reason, failures, parkedAt, poison, waiting } = parked;
  return { id, group, topic, key, type, source, sequence, epoch, reason, failures, parkedAt, poison, waiting };
}

/** The key of an unreadable message may be anything, even a person's name. */
function dismissalOf(parked: ParkedMessage, reason: string, { actor }: Caller): MessageDismissed {
  const { id, type, topic, source, sequence, epoch, group } = parked;
  const key = type === undecodable ? null : parked.key;
  const dismissedBy = actorId(actor);
  return {
    type: 'MessageDismissed',
    v: 1,
    data: { message: { id, type, topic, key, source, sequence, epoch }, group, dismissedBy },
    personal: { reason: { subject: dismissedBy, fields: { reason } } },
  };
}
