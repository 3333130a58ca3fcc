import { workerFields, workerKeys } from '#libs/contracts/hr-lifecycle.js';
import type { Column } from '#libs/scim/filter/to-sql.js';

const lists: ReadonlySet<string> = new Set(['phoneNumbers', 'addresses']);

function columnOf(field: string): Column {
  if (field === 'custom') return { sql: `attributes -> 'custom'`, type: 'text{}' };
  if (workerKeys.has(field)) return { sql: `attributes ->> '${field}'`, type: 'key' };
  if (!lists.has(field)) return { sql: `attributes ->> '${field}'`, type: 'text' };
  return { sql: `array(select jsonb_array_elements_text(attributes -> '${field}'))`, type: 'text[]' };
}

/** The columns of the table `identity` that filters may read: the worker's fields and the identity's own. */
export const identityColumns: Readonly<Record<string, Column>> = {
  ...Object.fromEntries(workerFields.map((field) => [field, columnOf(field)])),
  employeeId: { sql: 'numbers', type: 'key[]' },
  id: { sql: 'id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  kind: { sql: `'person'`, type: 'text' },
  displayName: { sql: `state #>> '{person,displayName}'`, type: 'text' },
};
