import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { contractOf } from './registry.js';

const ajv = new Ajv2020({
  formats: { uuid: /^[0-9a-f-]{36}$/, date: /^\d{4}-\d\d-\d\d$/, 'date-time': /^\d{4}-\d\d-\d\dT/ },
  allowUnionTypes: true,
  strictRequired: false,
});
ajv.addKeyword('x-personal');
ajv.addKeyword('x-subject');

/** Why a body does not fit the contract of its type; null if it fits. A body of an unknown type never fits. */
export function misfitsOf(type: string, body: unknown): ErrorObject[] | null {
  const fits = ajv.compile(contractOf(type)?.schema ?? false);
  return fits(body) ? null : (fits.errors ?? []);
}
