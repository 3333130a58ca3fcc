/** What other features of this service may use of this one. */
export { AnsweredTasks } from './answered-tasks.process.js';
export { KeptAccounts } from './kept-accounts.store.js';
export { OpenTasks } from './open-tasks.query.js';
export { Tasks } from './tasks.stream.js';
export type { TaskState } from './task.js';
