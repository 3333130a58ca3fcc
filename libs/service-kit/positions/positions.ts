import { Injectable } from '@nestjs/common';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { EventBus, type ReaderPosition } from '#libs/event-bus/event-bus.port.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { PositionsView } from './positions.dto.js';
import type { PositionsResumed } from './resumption.events.js';

/** Shows the positions of the service's readers, and resumes readers after their position was lost. */
@Injectable()
export class Positions {
  constructor(private readonly bus: EventBus) {}

  async list(): Promise<PositionsView> {
    return { items: await this.bus.positions() };
  }

  /** Resumes every reader whose position is lost, which is a fact. Again, while they resume, changes nothing. */
  async resume(reason: string, caller: Caller): Promise<PositionsView> {
    const id = uuidv7();
    const items = await this.bus.resume(id, (work, begun) =>
      work.append(`resumption-${id}`, 0, [resumptionOf(id, begun, reason, caller)], causationOf(caller)),
    );
    return { items };
  }
}

function resumptionOf(
  resumption: string,
  begun: readonly ReaderPosition[],
  reason: string,
  { actor }: Caller,
): PositionsResumed {
  const resumedBy = actorId(actor);
  const positions = begun.map(({ group, topic, resumption: of }) => ({ group, topic, since: of?.since ?? '' }));
  return {
    type: 'PositionsResumed',
    v: 1,
    data: { resumption, positions, resumedBy },
    personal: { reason: { subject: resumedBy, fields: { reason } } },
  };
}
