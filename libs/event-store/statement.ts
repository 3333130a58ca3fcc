/** One INSERT, UPDATE or DELETE (or a locking SELECT) with parameters numbered from $1. */
export interface Fragment {
  readonly sql: string;
  readonly params: readonly unknown[];
  /** The statement fails unless this fragment touched exactly so many rows. */
  readonly rows?: number;
  /** SQLSTATE raised when `rows` is missed: HB001 another process wrote first, HB002 lease lost. */
  readonly state?: 'HB001' | 'HB002';
  /** Named in the error when `rows` is missed. */
  readonly what?: string;
  /** Called after the commit with a number that it returns of each row (`returning place`), in rising order. */
  readonly returned?: { readonly column: string; readonly receive: (values: readonly string[]) => void };
}

export interface Statement {
  readonly sql: string;
  readonly params: unknown[];
  /** Gives what the fragments return to those who asked. @param row the one row of the answer */
  readonly receive: (row: Readonly<Record<string, unknown>> | undefined) => void;
}

/**
 * Combines fragments into one data-modifying CTE: one round trip, one transaction, and the shortest possible life of
 * its transaction id. No fragment sees what another wrote; no row may be touched by two of them.
 * @param synchronous the server answers once the transaction is on the disk
 */
export function composeStatement(fragments: readonly Fragment[], synchronous = true): Statement {
  const params: unknown[] = [];
  const parts: string[] = [];
  // For this transaction alone.
  const checks = synchronous ? [] : [`set_config('synchronous_commit', 'off', true)`];
  const receivers: Statement['receive'][] = [];
  fragments.forEach((fragment, index) => {
    const offset = params.length;
    const sql = fragment.sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`);
    params.push(...fragment.params);
    if (fragment.returned !== undefined) {
      const { column, receive } = fragment.returned;
      checks.push(`(select string_agg(${column}::text, ' ' order by ${column}) from f${index}) as r${index}`);
      receivers.push((row) => {
        const values = row?.[`r${index}`];
        receive(typeof values === 'string' ? values.split(' ') : []);
      });
    }
    if (fragment.rows === undefined) {
      parts.push(`f${index} as (${sql})`);
      return;
    }
    const counted = /\breturning\b/i.test(sql) || /^\s*select\b/i.test(sql) ? sql : `${sql} returning 1`;
    parts.push(`f${index} as (${counted})`);
    params.push(fragment.rows, fragment.what ?? 'rows');
    checks.push(
      `assert_rows((select count(*) from f${index}), $${params.length - 1}::bigint, $${params.length}::text, '${fragment.state ?? 'HB001'}')`,
    );
  });
  return {
    sql: `with ${parts.join(',\n')}\nselect ${checks.length === 0 ? 'true' : checks.join(', ')}`,
    params,
    receive: (row) => receivers.forEach((receive) => receive(row)),
  };
}
