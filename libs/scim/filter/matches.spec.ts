import { describe, expect, it } from '@jest/globals';
import { checkAttributes, filterAttributes } from './attributes.js';
import { matches } from './matches.js';
import { parseFilter } from './parse.js';
import { some } from '../../../test/support/some.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ada = {
  userName: 'Ada@Example.com',
  title: '',
  nickName: null,
  active: true,
  level: 7,
  startsOn: '2026-03-02',
  name: { familyName: 'Lovelace', middleName: '' },
  emails: [
    { type: 'work', value: 'ada@example.com', primary: true },
    { type: 'home', value: 'ada@home.example' },
  ],
  phones: [],
  address: { street: '' },
  tags: ['Alpha', 'beta'],
  [ENTERPRISE]: { department: 'Engines', manager: { value: '26' } },
};
const holds = (text: string, resource: unknown = ada) => matches(parseFilter(text), resource);

describe('matching', () => {
  it.each([
    'username eq "ADA@example.COM"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"',
    'userName ne "x" and userName co "EXAMPLE" and userName sw "ada" and userName ew ".com"',
    'NAME.FAMILYNAME eq "lovelace"',
    'active eq true and active eq "True" and active ne false',
    'level gt 6 and level ge 7 and level lt 8 and level le 7 and level eq 7.0',
    'startsOn ge "2026-03-01" and startsOn lt "2026-04"',
    `${ENTERPRISE}:department eq "engines" and ${ENTERPRISE}:manager.value eq "26"`,
    'emails[type eq "work" and value ew "@example.com"]',
    'emails[type eq "work"].value eq "ada@example.com"',
    'emails.type eq "home" and emails co "@home"',
    'tags eq "alpha" and tags[value eq "BETA"]',
    'not (userName eq "x") and (a pr or level eq 7)',
  ])('%s holds', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    'emails[type eq "home" and value ew "@example.com"]',
    'emails[type eq "work"].value eq "ada@home.example"',
    'level eq "7"',
    'level gt "6"',
    'userName gt 5',
    'active eq "yes"',
    'unknown eq "x" or unknown gt "" or unknown co ""',
    'name eq "Lovelace"',
  ])('%s does not', (text) => {
    expect(holds(text)).toBe(false);
  });

  it('counts absent, null and empty values as not present', () => {
    const absent = [
      'title',
      'nickName',
      'phones',
      'address',
      'name.middleName',
      'nothing',
      'userName.deeper',
      'emails[type eq "other"].value',
    ];
    expect(absent.filter((name) => holds(`${name} pr`))).toEqual([]);
    expect(absent.filter((name) => !holds(`${name} eq null`))).toEqual([]);
    expect(holds('userName ne null and emails[type eq "work"].value ne null and name pr')).toBe(true);
  });

  it('makes ne exactly the opposite of eq, whatever the attribute holds', () => {
    const tests = ['userName', 'tags', 'nothing', 'emails.type', 'emails[type eq "work"].value', 'level'];
    for (const name of some(tests)) {
      for (const value of ['"alpha"', '"work"', '"ada@example.com"', '7', 'null', '"x"']) {
        expect([name, value, holds(`${name} ne ${value}`)]).toEqual([name, value, !holds(`${name} eq ${value}`)]);
      }
    }
  });

  it('honours case-exact attributes, also inside brackets', () => {
    const schema = { caseExact: new Set(['username', 'emails.type']) };
    expect(matches(parseFilter('userName eq "ada@example.com"'), ada, schema)).toBe(false);
    expect(matches(parseFilter('emails[type eq "WORK"]'), ada, schema)).toBe(false);
    expect(matches(parseFilter('emails[type eq "work" and value eq "ADA@example.com"]'), ada, schema)).toBe(true);
  });

  it.each([
    'constructor pr',
    'toString pr',
    'toString.name pr',
    'constructor.prototype pr',
    'hasOwnProperty ne null',
    'tags.length pr',
  ])('never reaches a prototype: %s', (text) => {
    expect([holds(text), holds(text, {}), holds(text, JSON.parse('{"__proto__": {"x": 1}}'))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('finds nothing in what is not an object', () => {
    expect([null, undefined, 'a', 1, []].map((resource) => holds('a pr', resource))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the attributes of a filter', () => {
  it('are named once each, with those in brackets below their owner', () => {
    const filter = parseFilter('a eq 1 and not (b.c pr or A eq 2) and emails[type eq "work"].value sw "x" and a pr');
    expect(filterAttributes(filter)).toEqual(['a', 'b.c', 'A', 'emails.type', 'emails.value']);
  });

  it('are refused by name and place when not on the list', () => {
    const filter = parseFilter('department eq "x" and salary gt 1000');
    expect(() => checkAttributes(filter, ['Department', 'salary'])).not.toThrow();
    expect(() => checkAttributes(filter, ['department', 'title'])).toThrow(
      expect.objectContaining({
        code: 'filter.unknown_attribute',
        position: 22,
        message: 'unknown attribute "salary"; a filter here may use department, title, at character 23',
      }),
    );
  });

  it('may be allowed by a whole subtree', () => {
    expect(() => checkAttributes(parseFilter('attributes.site.code eq "B1"'), ['attributes.*'])).not.toThrow();
    expect(() => checkAttributes(parseFilter('attributes eq "B1"'), ['attributes.*'])).toThrow('unknown attribute');
    expect(() => checkAttributes(parseFilter('emails[secret eq "B1"]'), ['emails', 'emails.value'])).toThrow(
      'emails.secret',
    );
  });

  it.each(['toString pr', 'constructor eq "x"', 'hasOwnProperty pr'])(
    'never include what an object inherits: %s',
    (text) => {
      expect(() => checkAttributes(parseFilter(text), ['userName'])).toThrow('unknown attribute');
    },
  );
});
