import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { type GivenPackages, givenPackages } from './access-rule.js';

/** How long the rules are cached, in milliseconds. A new rule may count a little later. */
const freshMs = 1_000;

/** The rules that give packages, from the newest messages. */
@Injectable()
export class AccessRules {
  private known: { readonly rules: GivenPackages; readonly at: number } | null = null;

  constructor(private readonly db: Database) {}

  async current(): Promise<GivenPackages> {
    if (this.known !== null && performance.now() - this.known.at < freshMs) return this.known.rules;
    const rows = await this.db.query<{ filter: string; packages: string[] }>(
      `select filter, packages from access_rule`,
    );
    const rules = givenPackages(rows.map(({ filter, packages }) => ({ filter: parseFilter(filter), packages })));
    this.known = { rules, at: performance.now() };
    return rules;
  }
}
