import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entitlementKinds } from '#libs/contracts/entitlement.js';
import { root } from './support/processes.js';

const home = 'libs/contracts/entitlement.ts';
/** `'group' in grant`: a further kind would be passed over in silence. */
const byField = new RegExp(`'(${entitlementKinds.join('|')})' in `);

describe('kinds of entitlements', () => {
  it('are told apart by their value, and by their fields only where that is made', () => {
    const files = globSync('{apps,libs}/**/*.ts', { cwd: root }).filter((path) => !/\.(spec|fixtures)\.ts$/.test(path));
    const found = files.filter((path) => byField.test(readFileSync(join(root, path), 'utf8')));
    expect(found.map((path) => path.replaceAll('\\', '/'))).toEqual([home]);
  });

  it.each(entitlementKinds)('are asked for where a file asks for the field %s', (kind) => {
    expect(byField.test(`const isIt = '${kind}' in grant;`)).toBe(true);
  });
});
