import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { isTask, task, type Task } from './task.js';
import type { TaskEvent } from './task.events.js';
import { taskRows } from './task-rows.projection.js';

/** The facts of each task for a person. */
@Injectable()
export class Tasks extends EventStream<Task, TaskEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'manual-task', fold: task, isState: isTask, readModels: [taskRows] });
  }
}
