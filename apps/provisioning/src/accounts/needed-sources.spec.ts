import { desired } from '../provisioning.fixtures.js';
import { AccountRules, type AccountTerms } from './goal.js';
import { mappingEntry } from './mapping.fixtures.js';
import { sourcesOf } from './needed-sources.js';

const terms = (more: Partial<AccountTerms> = {}): AccountTerms => ({
  mapping: [],
  mappingDefaults: false,
  scope: null,
  matching: null,
  defaultDomain: null,
  pull: [],
  ...more,
});
const direct = (target: string, source: string) => mappingEntry({ target, type: 'direct', source });

describe('the attributes of a person that a connector reads', () => {
  it('are those of the default mapping, unless it is switched off', () => {
    const byDefault = ['displayName', 'email', 'familyName', 'givenName', 'id', 'userName'];
    expect(sourcesOf(terms({ mappingDefaults: true }))).toEqual(byDefault);
    expect(sourcesOf(terms())).toEqual([]);
  });

  it('are named as the hub names them, from mapping, scope and matching, each once', () => {
    const mapping = [
      direct('title', 'jobTitle'),
      mappingEntry({
        target: 'nickName',
        type: 'expression',
        expression: 'Join(".", [surname], [extensionAttribute1])',
      }),
      direct('manager', 'manager'),
    ];
    const scope = 'Department eq "Sales" and (jobTitle pr or custom.site eq "x") and addresses pr';
    const matching = [{ target: 'userName', source: 'mail', precedence: 1 }];
    expect(sourcesOf(terms({ mapping, scope, matching }))).toEqual([
      'addresses',
      'custom.extensionAttribute1',
      'custom.site',
      'department',
      'email',
      'familyName',
      'jobTitle',
      'manager',
    ]);
  });

  it('are not what desired access says of everybody: what a person holds, and whether they are on leave', () => {
    const mapping = [
      mappingEntry({ target: 'title', type: 'expression', expression: 'Join(",", [packages], [groups])' }),
    ];
    expect(sourcesOf(terms({ mapping, scope: 'status eq "active" and roles co "admin"' }))).toEqual([]);
  });
});

describe('an account of whose person something is missing', () => {
  const goalOf = (some: Partial<AccountTerms>, sources?: readonly string[]) => {
    const { body } = desired('ada', 1);
    const [account] = body.accounts;
    const accounts = account === undefined ? [] : [{ ...account, ...(sources === undefined ? {} : { sources }) }];
    const person = { identityId: body.identity, messageId: 'm', epoch: 1, sequence: 1, managerAccount: null };
    return new AccountRules(terms(some)).goal({ ...person, body: { ...body, accounts } });
  };
  const both = [direct('title', 'department'), direct('displayName', 'displayName')];

  it('gets what is known, and the rest is left as it is: nothing is cleared', () => {
    const { attributes, awaited } = goalOf({ mapping: both }, ['displayName']);
    expect(attributes).toEqual({ displayName: 'ada Person' });
    expect(awaited).toEqual({ sources: ['department'], targets: ['title'] });
  });

  it('waits for nothing where the message is older than the field, or says that there is no value', () => {
    for (const sources of [undefined, ['department', 'displayName']]) {
      const { attributes, awaited } = goalOf({ mapping: both }, sources);
      expect([attributes['title'], awaited]).toEqual([null, undefined]);
    }
  });

  it('counts as in scope while that cannot be known', () => {
    const scope = 'department eq "Sales"';
    expect(goalOf({ scope }, ['displayName'])).toMatchObject({ active: true, awaited: { sources: ['department'] } });
    expect(goalOf({ scope }, ['department'])).toMatchObject({ active: false, outOfScope: true });
  });
});
