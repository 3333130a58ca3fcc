import { DomainError } from '#libs/event-store/core.js';

/** `personId` joins employments of one person; joining or parting persons the hub already knows is not served yet. */
export class PersonDiffers extends DomainError<{ pointer: '/personId' }> {
  readonly code = 'worker.person_differs';

  constructor() {
    super('personId names another person than this worker has so far: state the one it was first given', {
      pointer: '/personId',
    });
  }
}
