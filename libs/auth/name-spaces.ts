/** Issuer of persons' tokens: the identities' token subjects are its `sub`. */
export const localIssuer = 'urn:identity-hub:local';
/** Issuer of the tokens of administrators, machines and break-glass users: their names are no employee numbers. */
export const localAdministrators = 'urn:identity-hub:local:administrators';

const issuers = { person: localIssuer, administrator: localAdministrators } as const;

/** The name space of a token's `sub`: employeeIds, or names of administrators, machines and break-glass users. */
export type NameSpace = keyof typeof issuers;

export const issuerOf = (nameSpace: NameSpace): string => issuers[nameSpace];
