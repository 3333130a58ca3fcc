import { Injectable } from '@nestjs/common';
import { MasterKey } from '#libs/event-store/master-key.js';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ConnectorDocument } from './connector-document.js';
import type { ConnectorDto } from './connector.dto.js';
import { KnownTargets } from './known-targets.process.js';
import { SecretReferences } from './secret-references.config.js';
import { documentOf } from './stated-connector.input.js';

/** What administrators state, as documents that can be stored. */
@Injectable()
export class StatedDocuments {
  constructor(
    readonly masterKey: MasterKey,
    readonly guard: AddressGuard,
    readonly secrets: SecretReferences,
    private readonly targets: KnownTargets,
  ) {}

  /** With secrets sealed and defaults filled in. @throws InvalidInput naming everything that is wrong */
  of(id: string, stated: ConnectorDto, before: ConnectorDocument | null): ConnectorDocument {
    return documentOf(id, stated, before, this);
  }

  /** The same, whose targets the application has, as far as it says so. It is asked. @throws InvalidInput */
  async known(id: string, stated: ConnectorDto, before: ConnectorDocument | null): Promise<ConnectorDocument> {
    const document = this.of(id, stated, before);
    await this.targets.require(id, before, document);
    return document;
  }
}
