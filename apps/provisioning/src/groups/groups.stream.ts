import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { group, type Group } from './group.js';
import type { GroupEvent } from './group.events.js';
import { groupRows } from './group-rows.projection.js';

@Injectable()
export class Groups extends EventStream<Group, GroupEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'group', fold: group, readModels: [groupRows] });
  }

  static idOf(connector: string, name: string): string {
    return `${uuidv5(`group/${connector}/${name}`)}.${connector}`;
  }
}
