import { isDeepStrictEqual } from 'node:util';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { MakePreview, previewTermsOf } from '../previews/previews.exports.js';
import type { ConnectorDto } from './connector.dto.js';
import { Connectors } from './connectors.stream.js';
import { SecretReferences } from './secret-references.config.js';
import { documentOf } from './stated-connector.input.js';

/** Makes a preview of what another document of an enforcing connector would do to each account. Answers its id; null where it would do nothing. */
export class PreviewChange extends Command<string | null> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(PreviewChange)
export class PreviewChangeHandler implements ICommandHandler<PreviewChange> {
  constructor(
    private readonly connectors: Connectors,
    private readonly makePreview: MakePreview,
    readonly masterKey: MasterKey,
    readonly guard: AddressGuard,
    readonly secrets: SecretReferences,
  ) {}

  async execute({ id, stated, causation }: PreviewChange): Promise<string | null> {
    const { state, version } = await this.connectors.load(id);
    if (state.document?.mode !== 'enforce') return null;
    const after = documentOf(id, stated, state.document, this);
    const terms = previewTermsOf(after);
    if (after.mode !== 'enforce' || isDeepStrictEqual(terms, previewTermsOf(state.document))) return null;
    const preview = uuidv7();
    await this.makePreview.start({
      id: preview,
      connector: id,
      version,
      terms,
      filter: null,
      identities: null,
      purpose: { of: 'change' },
      madeBy: actorId(causation.actor),
    });
    return preview;
  }
}
