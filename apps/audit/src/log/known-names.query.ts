import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { RequestProblem } from '#libs/problems/problem.js';

/** 404 instead of an empty answer: for an unknown name that would look like "no access". */
export class UnknownName extends RequestProblem {
  constructor(what: string, id: string) {
    super(404, 'not_found', `the log does not know the ${what} ${JSON.stringify(id)}: check how it is written`);
  }
}

/** The object of a question. */
export interface Named {
  readonly identity?: string | null;
  readonly application?: string | null;
}

/** Checks that the log has an entry about the names in a question, with one index look-up each. */
@Injectable()
export class KnownNames {
  constructor(private readonly db: Database) {}

  /** @throws UnknownName */
  async require({ identity = null, application = null }: Named): Promise<void> {
    const [row] = await this.db.query<{ identity: boolean; application: boolean }>(
      `select $1::uuid is null or exists (select from leaf where identity = $1::uuid) as identity,
         $2::text is null or exists (select from leaf where application = $2::text) as application`,
      [identity, application],
    );
    if (row?.identity === false) throw new UnknownName('identity', identity ?? '');
    if (row?.application === false) throw new UnknownName('application', application ?? '');
  }
}
