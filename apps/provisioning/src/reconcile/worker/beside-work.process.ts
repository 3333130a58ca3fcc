import type { GroupComparison } from '../../groups/groups.exports.js';
import type { NameReleases } from '../look-ups/name-releases.js';

/** What a worker looks for in the background: names that became free, and groups that were renamed. */
export class BesideWork {
  private looking: Promise<void> | null = null;

  constructor(
    private readonly names: NameReleases,
    private readonly groups: GroupComparison,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The application is asked in parallel with all other work, however slow it is. */
  async run(): Promise<void> {
    await this.names.release();
    this.looking ??= this.names
      .run()
      .then(() => this.groups.run())
      .catch(this.onError)
      .finally(() => (this.looking = null));
  }

  /** Resolves once nothing is under way. */
  get over(): Promise<void> {
    return this.looking ?? Promise.resolve();
  }
}
