// Trial only: lets the roles that `hub migrate` made log in, each with its own password of the trial Secret.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Client, escapeLiteral } = createRequire('/app/package.json')('pg');
const client = new Client({ connectionString: readFileSync('/etc/hub/owner/url', 'utf8') });
await client.connect();
for (const service of ['hr', 'governance', 'provisioning', 'audit']) {
  const password = readFileSync(`/etc/hub/trial/${service}-password`, 'utf8');
  await client.query(`alter role hub_${service} login password ${escapeLiteral(password)}`);
}
await client.end();
console.log('the services can log in');
