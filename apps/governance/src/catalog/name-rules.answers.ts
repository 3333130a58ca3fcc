import { count, named, nullable, object, text, type FieldsOf } from '#libs/service-kit/openapi/schema.js';
import type { CatalogItem } from './catalog-documents.query.js';

const fields: FieldsOf<CatalogItem<'name-rule'>> = {
  id: text,
  version: count,
  displayName: text,
  filter: nullable(text),
  pattern: text,
};

export const nameRuleAnswer = named('NameRule', object(fields), {
  id: 'contractors',
  version: 1,
  displayName: 'Contractors',
  filter: 'employmentType eq "contractor"',
  pattern: '"x-" & Join(".", [givenName], [familyName])',
});
