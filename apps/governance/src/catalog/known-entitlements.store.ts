import { Injectable } from '@nestjs/common';
import {
  entitlementShown,
  entitlementsListed,
  type EntitlementMessage,
  type EntitlementsListedMessage,
} from '#libs/contracts/connectors.js';
import { entitlementOf, type EntitlementKind } from '#libs/contracts/entitlement.js';
import { ofTypes } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessPackage } from '../policy/policy.exports.js';

/** Something about a definition that works, and may not do what its author thinks. */
export interface DefinitionWarning {
  readonly pointer: string;
  readonly detail: string;
}

interface Missing {
  readonly position: number;
}

/** What the applications have to grant, as their connectors showed it. */
@Injectable()
export class KnownEntitlements {
  constructor(private readonly db: Database) {}

  /** Older messages change nothing. */
  handle(batch: readonly PublicMessage[], work: Work): void {
    const rows = newestOf(ofTypes<EntitlementMessage>(batch, entitlementShown), ({ source }) => source);
    if (rows.length > 0)
      work.run(
        `insert into known_entitlement as k (connector, kind, id, name, description, gone, epoch, sequence)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::int[], $8::int[])
         on conflict (connector, kind, id) do update set name = excluded.name, description = excluded.description,
           gone = excluded.gone, epoch = excluded.epoch, sequence = excluded.sequence
         where (excluded.epoch, excluded.sequence) > (k.epoch, k.sequence)`,
        [
          rows.map(({ body }) => body.connector),
          rows.map(({ body }) => body.kind),
          rows.map(({ body }) => body.id),
          rows.map(({ body }) => body.name),
          rows.map(({ body }) => body.description),
          rows.map(({ body }) => body.gone),
          rows.map(({ epoch }) => epoch),
          rows.map(({ sequence }) => sequence),
        ],
      );
    const listed = ofTypes<EntitlementsListedMessage>(batch, entitlementsListed);
    if (listed.length === 0) return;
    const kinds = new Map(listed.map(({ body }) => [`${body.connector} ${body.kind}`, body]));
    work.run(
      `insert into listed_entitlements (connector, kind) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
      [[...kinds.values()].map(({ connector }) => connector), [...kinds.values()].map(({ kind }) => kind)],
    );
  }

  /** Grants of what is not there, neither by name nor by id, where the application was read completely. */
  async warningsOf({ grants }: AccessPackage): Promise<DefinitionWarning[]> {
    const named = grants.flatMap((grant, position) => {
      const { application, kind, name } = entitlementOf(grant.application, grant);
      return name === null ? [] : [{ application, kind, name, position }];
    });
    if (named.length === 0) return [];
    const missing = await this.db.query<Missing & Record<string, unknown>>(
      `select g.position from unnest($1::text[], $2::text[], $3::text[], $4::int[]) as g(application, kind, name, position)
       join application_connector c on c.application = g.application
       join listed_entitlements l on l.connector = c.connector_id and l.kind = g.kind
       where not exists (
         select from known_entitlement k
         where k.connector = c.connector_id and k.kind = g.kind and g.name in (k.name, k.id) and not k.gone
       ) order by g.position`,
      [
        named.map(({ application }) => application),
        named.map(({ kind }) => kind),
        named.map(({ name }) => name),
        named.map(({ position }) => position),
      ],
    );
    return missing.flatMap(({ position }) => {
      const found = named.find((one) => one.position === position);
      return found === undefined ? [] : [warningOf(found)];
    });
  }
}

function warningOf({
  application,
  kind,
  name,
  position,
}: {
  readonly application: string;
  readonly kind: EntitlementKind;
  readonly name: string;
  readonly position: number;
}): DefinitionWarning {
  const pointer = `/grants/${position}/${kind}`;
  const makes = kind === 'group' ? ', and its connector makes it only if groups.create says so' : '';
  return { pointer, detail: `${application} had no ${kind} "${name}" when it was read last${makes}: check the name` };
}
