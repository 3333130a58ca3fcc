import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from '#libs/event-store/ids.js';
import { sourcesOf } from '../accounts/accounts.exports.js';
import { stateSources } from './connector.js';
import type { ConnectorRow } from './connectors.query.js';
import { Connectors } from './connectors.stream.js';

/**
 * Tells governance what of people a connector reads, where an earlier version of the hub did not tell, or reads otherwise. A new
 * document tells by itself.
 */
@Injectable()
export class AnnounceSources {
  constructor(private readonly connectors: Connectors) {}

  /** @returns whether there was something to tell: the connector has another version then */
  async of({ id, document, sources }: ConnectorRow): Promise<boolean> {
    if (isDeepStrictEqual(sources, sourcesOf(document))) return false;
    const causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
    const { facts } = await this.connectors.transact(id, (state) => stateSources(id, state), causation);
    return facts.length > 0;
  }
}
