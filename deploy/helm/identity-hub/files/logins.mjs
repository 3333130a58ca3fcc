// For trying only: lets the roles that `hub migrate` made log in, each with its own password: HR_PASSWORD and so on, or a file of the trial Secret.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Client, escapeLiteral } = createRequire('/app/package.json')('pg');
const owner = process.env.DATABASE_OWNER_URL ?? '';
const connectionString = owner.startsWith('file:') ? readFileSync(owner.slice('file:'.length), 'utf8') : owner;
const client = new Client({ connectionString });
await client.connect();
for (const service of ['hr', 'governance', 'provisioning', 'audit']) {
  const given = process.env[`${service.toUpperCase()}_PASSWORD`];
  const password = given ?? readFileSync(`/etc/hub/trial/${service}-password`, 'utf8');
  await client.query(`alter role hub_${service} login password ${escapeLiteral(password)}`);
}
await client.end();
console.log('the services can log in');
