import { unknownPaths } from './schema-paths.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const schemas = {
  Resources: [
    {
      id: 'urn:ietf:params:scim:schemas:core:2.0:User',
      attributes: [
        { name: 'userName' },
        { name: 'name', subAttributes: [{ name: 'givenName' }] },
        { name: 'emails', subAttributes: [{ name: 'value' }, { name: 'type' }] },
      ],
    },
    { id: enterprise, attributes: [{ name: 'department' }] },
  ],
};

describe('paths of a mapping that the schema of an application lacks', () => {
  it('are named, whatever the case, in extensions and in parts', () => {
    const paths = [
      'username',
      'externalId',
      'name.givenName',
      'emails[type eq "work"].value',
      `${enterprise}:department`,
    ];
    expect(unknownPaths(paths, schemas)).toEqual([]);
    const wrong = [
      'nickName',
      'name.petName',
      'emails[type eq "work"].color',
      `${enterprise}:budget`,
      'urn:x:y:User:z',
    ];
    expect(unknownPaths(wrong, schemas)).toEqual(wrong);
  });

  it('are not known of an application that describes no users', () => {
    expect(unknownPaths(['nickName'], { Resources: [] })).toBeNull();
    expect(unknownPaths(['nickName'], {})).toBeNull();
  });
});
