import { Injectable } from '@nestjs/common';

/** How far the readers of HR's messages are behind; an import waits for them so that one hire does not wait for it. */
export abstract class Backlog {
  /** Messages published and not yet consumed by the slowest reader that matters; 0 when nobody is behind. */
  abstract behind(): Promise<number>;
}

/** Nothing is known of the readers: the import only lets others have their turn between its pieces. */
@Injectable()
export class NoBacklog extends Backlog {
  override behind(): Promise<number> {
    return Promise.resolve(0);
  }
}
