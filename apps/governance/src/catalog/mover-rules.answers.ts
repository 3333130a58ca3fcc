import { count, list, named, nullable, object, oneOf, text, type FieldsOf } from '#libs/service-kit/openapi/schema.js';
import type { Renaming } from '../policy/policy.exports.js';
import type { CatalogItem } from './catalog-documents.query.js';

const fields: FieldsOf<CatalogItem<'mover-rule'>> = {
  id: text,
  version: count,
  displayName: text,
  filter: nullable(text),
  requestedAccess: oneOf('keep', 'review', 'end'),
  days: count,
  renames: list(object<Renaming>({ attribute: oneOf('department', 'jobTitle', 'location'), from: text, to: text })),
};

export const moverRuleAnswer = named('MoverRule', object(fields), {
  id: 'everybody',
  version: 1,
  displayName: 'The new manager looks at what people keep',
  filter: null,
  requestedAccess: 'review',
  days: 14,
  renames: [{ attribute: 'department', from: 'Sales', to: 'Customer relations' }],
});
