/** Entra's names of attributes of a person, so that an expression from Entra works unchanged. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['surname', 'familyName'],
  ['sn', 'familyName'],
  ['mail', 'email'],
  ['userPrincipalName', 'userName'],
  ['objectId', 'id'],
  ['companyName', 'company'],
  ['physicalDeliveryOfficeName', 'location'],
  ['employeeType', 'employmentType'],
  ['employeeHireDate', 'hireDate'],
  ['employeeLeaveDateTime', 'terminationDate'],
  ...Array.from({ length: 15 }, (_, index): [string, string] => [
    `extensionAttribute${index + 1}`,
    `custom.extensionAttribute${index + 1}`,
  ]),
]);

/** The hub's name of a source: `familyName` of Entra's `surname`. */
export const ownName = (source: string): string => aliases.get(source) ?? source;
