import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { ConnectorNotDefined, Connectors } from '../connectors/connectors.exports.js';
import { Readings } from '../readings/readings.exports.js';
import { MakePreview } from './make-preview.process.js';
import { previewTermsOf } from './preview-terms.js';

/** Makes a preview of what enforcing the connector does, for everybody or for some people. */
export class AskPreview extends Command<void> {
  constructor(
    readonly connector: string,
    readonly previewId: string,
    readonly people: { readonly filter: string | null; readonly identities: readonly string[] | null },
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(AskPreview)
export class AskPreviewHandler implements ICommandHandler<AskPreview> {
  constructor(
    private readonly connectors: Connectors,
    private readonly readings: Readings,
    private readonly makePreview: MakePreview,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, previewId, people, causation }: AskPreview): Promise<void> {
    const { state, version } = await this.connectors.load(connector);
    if (state.document === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    const reading = await this.readings.lastCompleted(connector);
    const work = this.store.work();
    this.makePreview.stage(work, {
      id: previewId,
      connector,
      version,
      terms: previewTermsOf(state.document),
      ...people,
      madeBy: actorId(causation.actor),
      madeAt: this.clock.now(),
      reading: reading?.id ?? null,
    });
    await work.commit();
  }
}
