import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BillingApi } from '../../../../../test/targets/billing-api.js';
import { compileRest } from './rest-description.js';

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/writing-a-connector.md'), 'utf8');
const [, documented = ''] = /```json\n([^]*?)```/.exec(page) ?? [];

describe('docs/writing-a-connector.md', () => {
  it('describes the application that the tests call', () => {
    expect(JSON.parse(documented)).toEqual(BillingApi.description('https://billing.example'));
  });

  it('has a description that is taken as it is', () => {
    expect(compileRest(JSON.parse(documented)).problems).toEqual([]);
  });
});
