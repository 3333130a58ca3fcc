import { parseArgs } from 'node:util';
import { ScimStub } from './scim-stub.js';

/** The stub as a process of its own, which survives the hub's crashes: `--port P --token T`. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, token: { type: 'string', default: 'token' } } });
console.log(`stub answers at ${await new ScimStub(values.token).listen(Number(values.port))}`);
