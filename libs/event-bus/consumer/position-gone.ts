/**
 * What a consumer had not read yet was deleted: it was away, or held up, for longer than its topic is kept. It handles
 * nothing behind the gap until its state is restated and its place is set anew.
 */
export class PositionGone extends Error {
  constructor(consumer: string, topic: string) {
    super(
      `${consumer}: messages of ${topic} were deleted before they were read; have the state restated, then reset the place`,
    );
    this.name = 'PlaceGone';
  }
}

/** How often a consumer whose place is gone looks whether it was mended, in milliseconds. */
export const positionGoneMs = 30_000;
