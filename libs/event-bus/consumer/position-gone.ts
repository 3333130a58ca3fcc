/**
 * Messages were deleted before the consumer read them: it was stopped for longer than the topic keeps messages. It
 * handles nothing after the gap until its state is restated and its position is reset.
 */
export class PositionGone extends Error {
  constructor(
    consumer: string,
    readonly topic: string,
  ) {
    super(
      `${consumer}: messages of ${topic} were deleted before they were read: restate the state, then reset the position`,
    );
    this.name = 'PositionGone';
  }
}

/** How often a consumer with a lost position checks whether it was reset, in milliseconds. */
export const positionGoneMs = 30_000;
