import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { type Access, Accesses, noAccess } from '../assignments/assignments.exports.js';
import { Identities, type KnownIdentity } from '../identities/identities.exports.js';
import { DesiredAccesses, type MessageRow } from '../desired-access/desired-access.exports.js';

/** The newest desired access of an identity in one application. */
export interface ExplainedRow {
  readonly state: KnownIdentity;
  readonly version: number | null;
  readonly message: PublicMessage<DesiredAccessMessage> | null;
  readonly access: Access;
}

export const explainedColumns = `i.id as identity_id, i.version as identity_version, i.fold as identity_fold, i.state,
  d.application, d.version, d.fold, d.message, a.version as access_version, a.fold as access_fold, a.state as access`;

export type StoredRow = Record<string, unknown> & {
  readonly identity_id: string;
  readonly identity_version: number;
  readonly identity_fold: number;
  readonly state: unknown;
  readonly application: string | null;
  readonly version: number | null;
  readonly fold: number | null;
  readonly message: PublicMessage | null;
  readonly access_version: number | null;
  readonly access_fold: number | null;
  readonly access: unknown;
};

/** Rows as they are, or as their streams say where a row is of another fold. */
@Injectable()
export class ExplainedRows {
  constructor(
    private readonly identities: Identities,
    private readonly accesses: Accesses,
    private readonly desired: DesiredAccesses,
  ) {}

  async current(rows: readonly StoredRow[]): Promise<ExplainedRow[]> {
    const [first] = rows;
    if (first === undefined) return [];
    const { identity_id: id, access_version, access_fold } = first;
    const [[identity], [access], said] = await Promise.all([
      this.identities.loadRows([
        { id, version: first.identity_version, fold: first.identity_fold, state: first.state },
      ]),
      this.accesses.loadRows(
        access_version === null || access_fold === null
          ? []
          : [{ id, version: access_version, fold: access_fold, state: first.access }],
      ),
      this.desired.messagesOfRows(rows.flatMap(messageRowOf)),
    ]);
    const state = identity?.state;
    if (state === undefined || state.status === 'absent') return [];
    const messages = new Map(said.map(({ application, message }) => [application, message]));
    return rows.map(({ version, application }) => ({
      state,
      version,
      message: (messages.get(application ?? '') ?? null) as PublicMessage<DesiredAccessMessage> | null,
      access: access?.state ?? noAccess,
    }));
  }
}

function messageRowOf({ identity_id, application, fold, message }: StoredRow): MessageRow[] {
  return application === null || fold === null || message === null ? [] : [{ identity_id, application, fold, message }];
}
