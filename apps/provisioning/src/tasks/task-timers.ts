/** Timer that reminds of an open task. */
export const taskReminder = 'manual-task-reminder';
