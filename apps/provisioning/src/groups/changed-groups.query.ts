import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { reopenMembersSql } from '../accounts/accounts.exports.js';
import { Groups } from './groups.stream.js';

/** A group that the hub uses, or did until it changed. */
export interface KnownGroup {
  readonly name: string;
  /** The application's id; null when it is gone. */
  readonly groupId: string | null;
  readonly inQuestion: boolean;
}

interface Row extends KnownGroup, Record<string, unknown> {
  readonly fold: number;
}

/** Groups of an application that the hub uses, and which of them changed. */
@Injectable()
export class ChangedGroups {
  constructor(
    private readonly db: Database,
    private readonly groups: Groups,
  ) {}

  /** Groups that changed after people were made their members. */
  async of(connector: string): Promise<KnownGroup[]> {
    return await this.rows(connector, '(remade or in_question)');
  }

  /** A page of the groups that the hub uses, or did until they changed, by name. */
  async known(connector: string, after: string, limit: number): Promise<KnownGroup[]> {
    const which = 'name > $2 and (group_id is not null or remade or in_question) order by name limit $3';
    return await this.rows(connector, which, after, limit);
  }

  private async rows(connector: string, which: string, ...params: readonly unknown[]): Promise<KnownGroup[]> {
    const find = (): Promise<Row[]> =>
      this.db.query<Row>(
        `select name, group_id as "groupId", in_question as "inQuestion", fold from app_group where connector = $1 and ${which}`,
        [connector, ...params],
      );
    const rows = await currentRows(find, {
      streams: this.groups,
      shownBy: ({ name, fold }) => [{ id: Groups.idOf(connector, name), fold }],
    });
    return rows.map(({ name, groupId, inQuestion }) => ({ name, groupId, inQuestion }));
  }

  /** All members that the hub added are checked again. */
  async reopen(connector: string, name: string, now: string): Promise<void> {
    await this.db.query(reopenMembersSql(), [connector, name, now]);
  }
}

/** The same, in the transaction that stores the change. */
export function stageReopening(work: Work, connector: string, name: string, now: string): void {
  work.run(reopenMembersSql('group-renamed', 'group-missing'), [connector, name, now]);
}
