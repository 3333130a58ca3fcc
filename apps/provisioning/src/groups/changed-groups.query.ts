import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { reopenMembersSql } from '../accounts/accounts.exports.js';

/** A group that changed after people were made its members. */
export interface ChangedGroup {
  readonly name: string;
  readonly groupId: string | null;
  readonly inQuestion: boolean;
}

export interface KnownGroup {
  readonly name: string;
  /** The application's id; null when it is gone. */
  readonly groupId: string | null;
  readonly inQuestion: boolean;
}

/** Groups of an application that changed after people were made their members. */
@Injectable()
export class ChangedGroups {
  constructor(private readonly db: Database) {}

  async of(connector: string): Promise<ChangedGroup[]> {
    const rows = await this.db.query<{ name: string; group_id: string | null; in_question: boolean }>(
      `select name, group_id, in_question from app_group where connector = $1 and (remade or in_question)`,
      [connector],
    );
    return rows.map(({ name, group_id: groupId, in_question: inQuestion }) => ({ name, groupId, inQuestion }));
  }

  /** A page of the groups that the hub uses, or did until they changed, by name. */
  async known(connector: string, after: string, limit: number): Promise<KnownGroup[]> {
    return await this.db.query<KnownGroup & Record<string, unknown>>(
      `select name, group_id as "groupId", in_question as "inQuestion" from app_group
       where connector = $1 and name > $2 and (group_id is not null or remade or in_question) order by name limit $3`,
      [connector, after, limit],
    );
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
