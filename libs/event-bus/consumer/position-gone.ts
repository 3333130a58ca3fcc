/**
 * Messages were deleted before the consumer read them: it was stopped for longer than the topic keeps messages. It
 * handles nothing after the gap until an operator resumes it.
 */
export class PositionGone extends Error {
  constructor(
    consumer: string,
    readonly topic: string,
  ) {
    super(`${consumer}: messages of ${topic} were deleted before they were read: run ${resumeCommand(consumer)}`);
    this.name = 'PositionGone';
  }
}

/** How often a consumer with a lost position checks whether it was reset, in milliseconds. */
export const positionGoneMs = 30_000;

/** What an operator runs for a reader whose position is lost. @param consumer `<service>` or `<service>.<what>` */
export const resumeCommand = (consumer: string): string =>
  `npm run hub -- resume ${consumer.split('.')[0] ?? consumer} --reason TEXT`;
