import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { caseNotes, isCaseNotes, type CaseNotes } from './case.js';
import type { CaseEvent } from './case.events.js';
import { caseRows } from './case-rows.projection.js';

/** What people said about each case. */
@Injectable()
export class Cases extends EventStream<CaseNotes, CaseEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'case', fold: caseNotes, isState: isCaseNotes, readModels: [caseRows] });
  }
}
