import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { SponsorshipEvent } from './sponsorship.events.js';
import { sponsorshipRows } from './sponsorship-rows.projection.js';
import { isSponsorship, sponsorship, type Sponsorship } from './sponsorship.js';

@Injectable()
export class Sponsorships extends EventStream<Sponsorship, SponsorshipEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'sponsorship',
      fold: sponsorship,
      isState: isSponsorship,
      readModels: [sponsorshipRows],
    });
  }
}
