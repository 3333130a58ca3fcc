import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { exposure, isExposure, type Exposure } from './exposure.js';
import type { ExposureEvent } from './exposure.events.js';
import { exposureRows } from './exposure-rows.projection.js';

/** The facts of each exposure. */
@Injectable()
export class Exposures extends EventStream<Exposure, ExposureEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'exposure', fold: exposure, isState: isExposure, readModels: [exposureRows] });
  }

  /** What one identity has behind a connector. */
  static idOf(connector: string, identityId: string): string {
    return uuidv5(`exposure/${connector}/${identityId}`);
  }

  /** An account that the hub does not manage, by the application's own id. */
  static idOfFound(connector: string, accountId: string): string {
    return uuidv5(`exposure/${connector}/account/${accountId}`);
  }
}
