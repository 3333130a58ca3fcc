import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { generic, type ScimProfile } from '#libs/scim/client/profile.js';
import { profileBy, templates } from '#libs/scim/client/templates.js';
import { knownQuirks } from '../../../../../test/targets/quirks/known-quirks.js';
import { quirkToken, startQuirkServer, type QuirkServer } from '../../../../../test/targets/quirks/quirk-server.js';
import { scenarios } from './profile-scenarios.fixtures.js';
import { ScimTarget } from './scim-target.process.js';

const guard = new AddressGuard([], true);

/** Scenarios that fail on an application of this kind, each on a server of its own. */
async function failing(kind: string, profile: ScimProfile): Promise<Record<string, string>> {
  const failed: Record<string, string> = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    const server = await startQuirkServer(knownQuirks[kind] ?? []);
    const target = targetAt(server, profile);
    try {
      await scenario({ target, server });
    } catch (error) {
      failed[name] = error instanceof Error ? error.message : String(error);
    } finally {
      await Promise.all([target.destroy(), server.stop()]);
    }
  }
  return failed;
}

const targetAt = ({ baseUrl }: QuirkServer, profile: ScimProfile): ScimTarget =>
  new ScimTarget(
    { baseUrl, auth: { type: 'bearer', token: () => quirkToken }, guard, connections: 8, nowMs: () => 0 },
    // How fast it may be called is another spec.
    { ...profile, rate: [], lengths: {} },
  );

/** On each kind of application: promises that the generic profile breaks. */
const brokenByGeneric: Readonly<Record<string, readonly string[]>> = {
  'entra-style': [
    'one attribute is changed, and the others stay',
    'an account is disabled, and enabled',
    'members are added and taken away in parts, and nobody else',
  ],
  'okta-style': ['an account that is not there is absent', 'one attribute is changed, and the others stay'],
  slack: ['an account is made once, and found', 'a disabled account is found after its name was refused'],
  'aws-identity-center': [
    'an entry of a list is changed, and the others stay',
    'members are added and taken away in parts, and nobody else',
    'a list that is said to be complete is complete',
  ],
  salesforce: ['a name that is taken is a conflict', 'a group is found, or made and found'],
  'github-emu': ['a name in the form that the application gives it contradicts nothing'],
  servicenow: ['an account is made once, and found', 'what is not kept is not called seen'],
  scim1: ['an account is made once, and found', 'a group is found, or made and found'],
};

describe('the profile', () => {
  it('generic keeps every promise on a server that follows the RFC', async () => {
    expect(await failing('none', generic)).toEqual({});
  });

  const kinds = templates.map(({ name }) => name).filter((name) => name !== 'generic');

  it('has for each kind of application one that misbehaves so', () => {
    expect(Object.keys(knownQuirks).sort()).toEqual(kinds.sort());
  });

  it.each(kinds)('%s keeps every promise on its kind of application', async (kind) => {
    expect(await failing(kind, profileBy(kind, {}))).toEqual({});
  });

  it.each(kinds)('generic breaks on %s the promises that it is known to break', async (kind) => {
    const broken = brokenByGeneric[kind] ?? ['nothing is known of it'];
    expect(Object.keys(await failing(kind, generic))).toEqual(expect.arrayContaining([...broken]));
  });
});
