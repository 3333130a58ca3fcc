import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { ConnectorNotDefined, Connectors } from '../connectors/connectors.exports.js';
import { MakePreview } from './make-preview.process.js';
import { ConnectorObserves } from './previews.errors.js';
import { needsEnforcing, type Purpose } from './purpose.js';
import { previewTermsOf } from './preview-terms.js';

/** Makes a preview of what enforcing the connector does, for everybody or for some people. */
export class AskPreview extends Command<void> {
  constructor(
    readonly connector: string,
    readonly previewId: string,
    readonly people: { readonly filter: string | null; readonly identities: readonly string[] | null },
    readonly purpose: Purpose,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(AskPreview)
export class AskPreviewHandler implements ICommandHandler<AskPreview> {
  constructor(
    private readonly connectors: Connectors,
    private readonly makePreview: MakePreview,
  ) {}

  async execute({ connector, previewId, people, purpose, causation }: AskPreview): Promise<void> {
    const { state, version } = await this.connectors.load(connector);
    if (state.document === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    requirePurpose(connector, purpose, state.document.mode);
    await this.makePreview.start({
      id: previewId,
      connector,
      version,
      terms: previewTermsOf(state.document),
      ...people,
      purpose,
      madeBy: actorId(causation.actor),
    });
  }
}

/** @throws ConnectorObserves where only a connector that enforces does this */
export function requirePurpose(connector: string, purpose: Purpose, mode: 'observe' | 'enforce'): void {
  if (mode === 'enforce' || !needsEnforcing(purpose)) return;
  throw new ConnectorObserves('the connector observes and writes nothing: release it first', { connector });
}
