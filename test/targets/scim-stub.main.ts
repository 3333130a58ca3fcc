import { parseArgs } from 'node:util';
import type { Faults } from './scim-stub-faults.js';
import { startScimStub } from './scim-stub.js';

/** `node dist/test/targets/scim-stub.main.js --port P --token T [--faults '{"losePostEvery":7}']` */
const { values } = parseArgs({
  options: { port: { type: 'string' }, token: { type: 'string' }, faults: { type: 'string' } },
});
const stub = await startScimStub({
  port: Number(values.port ?? 0),
  token: values.token ?? 'stub-token',
  faults: JSON.parse(values.faults ?? '{}') as Faults,
});
console.log(`stub at ${stub.baseUrl}`);
