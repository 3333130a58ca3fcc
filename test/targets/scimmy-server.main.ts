import { parseArgs } from 'node:util';
import { startScimmyServer } from './scimmy-server.js';

/** `node dist/test/targets/scimmy-server.main.js --port P --token T [--host H] [--data DIRECTORY]` */
const { values } = parseArgs({
  options: { port: { type: 'string' }, token: { type: 'string' }, host: { type: 'string' }, data: { type: 'string' } },
});
const { port } = await startScimmyServer({
  port: Number(values.port ?? 0),
  token: values.token ?? 'demo-application-token',
  host: values.host ?? '127.0.0.1',
  ...(values.data === undefined ? {} : { data: values.data }),
});
console.log(`scimmy at http://127.0.0.1:${port}/scim/v2`);
