/**
 * SQL: the employee number and the name of the person of a row, for lists that people read: desired access need not carry them.
 * @param desired row of `desired`, perhaps of an outer join
 * @param identity column with the identity
 */
export const shownPersonSql = (
  desired: string,
  identity = `${desired}.identity_id`,
): { readonly employeeId: string; readonly displayName: string } => ({
  employeeId: shownSql(desired, identity, ['employeeId', 'employee_id']),
  displayName: shownSql(desired, identity, ['displayName', 'display_name']),
});

const shownSql = (desired: string, identity: string, [attribute, column]: readonly [string, string]): string =>
  `coalesce(${desired}.body->'accounts'->0->'attributes'->>'${attribute}',
    (select nullif(k.${column}, '') from known_person k where k.identity = ${identity}))`;
