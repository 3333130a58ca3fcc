import { jest } from '@jest/globals';
import { generic, type ScimProfile } from '#libs/scim/client/profile.js';
import { profileBy, templates } from '#libs/scim/client/templates.js';
import { knownQuirks } from '../quirks/known-quirks.js';
import { broken, promises } from './promises.js';
import { quirkSubject } from './subjects.js';

jest.setTimeout(60_000);

/** Promises that are broken on an application of this kind, each on a server of its own. */
async function brokenOn(kind: string, profile: ScimProfile): Promise<string[]> {
  const found: string[] = [];
  for (const name of Object.keys(promises)) {
    const { subject, stop } = await quirkSubject(kind, profile);
    try {
      found.push(...(await broken(subject, [name])));
    } finally {
      await stop();
    }
  }
  return found;
}

const membership = [
  'it grants to as many at once as it says, takes from as many, and from nobody else',
  'what it grants is found by name, granted to exactly these accounts, and taken from exactly these',
  'a lost answer to a grant or removal leaves the effect unknown, and it was sent once',
  'entitlements and those who hold them are listed',
];
const changes = [
  'a change writes what it is given and nothing else, and its answer or a reading shows it',
  'an entry of a list is changed, and the others stay',
  'a text is set and emptied',
  'a value that the application does not keep is not called seen',
  'another name, in whatever form the application shows it, contradicts nothing',
];

/** On each kind of application: promises that the generic profile breaks. */
const brokenByGeneric: Readonly<Record<string, readonly string[]>> = {
  'entra-style': [
    ...changes,
    'a name that is taken is a conflict, and the account that has it is found, disabled too',
    'an account is disabled, enabled and removed, and a reading shows each',
    ...membership,
  ],
  'okta-style': [
    'an account that it made is found by the person’s id and by its name',
    'what is not there is not found, and an unknown id is gone',
    'an account of another person is shown as theirs',
    ...changes,
    'a name that is taken is a conflict, and the account that has it is found, disabled too',
    'an account is disabled, enabled and removed, and a reading shows each',
    'an answer without an effect is not taken for the effect',
    'a lost answer leaves the effect unknown, and the change was sent once',
    'a lost answer to a change leaves the effect unknown, and the change was sent once',
    ...membership,
    'an account that is there proves the place, and that of somebody else does not',
  ],
  slack: [
    'an account that it made is found by the person’s id and by its name',
    'what is not there is not found, and an unknown id is gone',
    'an account of another person is shown as theirs',
    ...changes,
    'a name that is taken is a conflict, and the account that has it is found, disabled too',
    'an account is disabled, enabled and removed, and a reading shows each',
    'an answer without an effect is not taken for the effect',
    'a lost answer leaves the effect unknown, and the change was sent once',
    'a lost answer to a change leaves the effect unknown, and the change was sent once',
    ...membership,
  ],
  'aws-identity-center': [
    'an entry of a list is changed, and the others stay',
    'an answer without an effect is not taken for the effect',
    'a list shows every account, page by page',
    ...membership,
  ],
  salesforce: [
    'a name that is taken is a conflict, and the account that has it is found, disabled too',
    'an account is disabled, enabled and removed, and a reading shows each',
    'an answer without an effect is not taken for the effect',
    'a lost answer to a change leaves the effect unknown, and the change was sent once',
    ...membership,
  ],
  'github-emu': [
    'an account that it made is found by the person’s id and by its name',
    'another name, in whatever form the application shows it, contradicts nothing',
    'an account that is there proves the place, and that of somebody else does not',
  ],
  servicenow: [
    'an account that it made is found by the person’s id and by its name',
    'a value that the application does not keep is not called seen',
    'a lost answer leaves the effect unknown, and the change was sent once',
  ],
  scim1: [
    'an account that it made is found by the person’s id and by its name',
    'what is not there is not found, and an unknown id is gone',
    'an account of another person is shown as theirs',
    ...changes,
    'a name that is taken is a conflict, and the account that has it is found, disabled too',
    'an account is disabled, enabled and removed, and a reading shows each',
    'an answer without an effect is not taken for the effect',
    'a lost answer leaves the effect unknown, and the change was sent once',
    'a lost answer to a change leaves the effect unknown, and the change was sent once',
    ...membership,
  ],
};

describe('the profile', () => {
  it('generic keeps every promise on a server that follows the RFC', async () => {
    expect(await brokenOn('none', generic)).toEqual([]);
  });

  const kinds = templates.map(({ name }) => name).filter((name) => name !== 'generic');

  it('has for each kind of application one that misbehaves so', () => {
    expect(Object.keys(knownQuirks).sort()).toEqual(kinds.sort());
  });

  it.each(kinds)('%s keeps every promise on its kind of application', async (kind) => {
    expect(await brokenOn(kind, profileBy(kind, {}))).toEqual([]);
  });

  it.each(kinds)('generic breaks on %s the promises that it is known to break, by name', async (kind) => {
    expect(await brokenOn(kind, generic)).toEqual(brokenByGeneric[kind] ?? ['nothing is known of it']);
  });
});
