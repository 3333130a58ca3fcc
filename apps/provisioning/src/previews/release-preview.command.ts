import { isDeepStrictEqual } from 'node:util';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { Connectors, ConnectorRows, requireRelease } from '../connectors/connectors.exports.js';
import { PreviewNotReady, PreviewOutdated, PreviewReleased } from './previews.errors.js';
import { requirePurpose } from './ask-preview.command.js';
import { Previews, type PreviewView } from './previews.store.js';
import { ReleaseByPage } from './release-preview.process.js';
import { Releases } from './releases.store.js';
import { previewTermsOf } from './preview-terms.js';

/** Enforces exactly what a preview shows. */
export class ReleasePreview extends Command<void> {
  constructor(
    readonly connector: string,
    readonly preview: string,
    readonly reason: string,
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ReleasePreview)
export class ReleasePreviewHandler implements ICommandHandler<ReleasePreview> {
  constructor(
    private readonly connectors: Connectors,
    private readonly rows: ConnectorRows,
    private readonly previews: Previews,
    private readonly releases: Releases,
    private readonly byPage: ReleaseByPage,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, preview, reason, by, causation }: ReleasePreview): Promise<void> {
    const owners = await this.rows.ownersOf(connector);
    const isAdmin = by.roles.includes('connector-admin');
    const { state } = await this.connectors.load(connector);
    const { document } = requireRelease(connector, { identity: by.identity, isAdmin, owners }, state);
    const found = await this.previews.get(connector, preview);
    if (found === null) throw new NotFound('preview', preview);
    requireReady(found);
    requirePurpose(connector, found.purpose, document.mode);
    const terms = await this.previews.terms(preview);
    if (
      found.purpose.of === 'change' ||
      !isDeepStrictEqual(terms?.terms, JSON.parse(JSON.stringify(previewTermsOf(document))))
    )
      throw new PreviewOutdated('the connector’s document has changed since the preview was made: make another one', {
        preview,
      });
    const work = this.store.work();
    this.releases.begin(work, preview, { actor: causation.actor, reason, at: this.clock.now() });
    this.byPage.stage(work, preview);
    await work.commit();
  }
}

function requireReady({ id, status }: PreviewView): void {
  if (status === 'running')
    throw new PreviewNotReady('the preview is still being made: wait until it is ready', { preview: id });
  if (status !== 'ready')
    throw new PreviewReleased('the preview was released before: make another one', { preview: id });
}
