import type { Work } from '#libs/event-store/work.js';

/** A rule as governance defines it. */
interface DefinedRule {
  readonly id: string;
  readonly filter: string;
  readonly packages: readonly string[];
}

/** Keeps the newest form of each rule. */
export function writeAccessRules(work: Work, rules: readonly DefinedRule[]): void {
  work.run(
    `insert into access_rule (id, filter, packages)
     select x.id, x.filter, array(select jsonb_array_elements_text(x.packages))
     from jsonb_to_recordset($1::jsonb) as x(id text, filter text, packages jsonb)
     on conflict (id) do update set filter = excluded.filter, packages = excluded.packages`,
    [JSON.stringify(rules)],
  );
}
