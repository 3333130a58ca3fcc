import { enterpriseSchema, groupSchema, userSchema } from './resources.js';

const oldCore = 'urn:scim:schemas:core:1.0';
const oldEnterprise = 'urn:scim:schemas:extension:enterprise:1.0';

/** A body of SCIM 2.0 as SCIM 1.1 has it: other schemas, and the manager by another name. */
export function toOld(body: object): object {
  const { schemas, [enterpriseSchema]: enterprise, ...rest } = body as Record<string, unknown>;
  const old = (Array.isArray(schemas) ? schemas : []).map((one) =>
    one === userSchema || one === groupSchema ? oldCore : one === enterpriseSchema ? oldEnterprise : (one as unknown),
  );
  return {
    ...(old.length === 0 ? {} : { schemas: [...new Set(old)] }),
    ...rest,
    ...(enterprise === undefined ? {} : { [oldEnterprise]: renamed(enterprise, 'value', 'managerId') }),
  };
}

/** A resource of SCIM 1.1 as SCIM 2.0 has it. */
export function fromOld<Resource extends { readonly id: string }>(resource: Resource): Resource {
  const { [oldEnterprise]: enterprise, ...rest } = resource as Record<string, unknown>;
  return {
    ...rest,
    ...(enterprise === undefined ? {} : { [enterpriseSchema]: renamed(enterprise, 'managerId', 'value') }),
  } as unknown as Resource;
}

function renamed(enterprise: unknown, from: string, to: string): unknown {
  if (typeof enterprise !== 'object' || enterprise === null || !('manager' in enterprise)) return enterprise;
  const { manager } = enterprise;
  if (typeof manager !== 'object' || manager === null) return enterprise;
  const { [from]: id, ...rest } = manager as Record<string, unknown>;
  return id === undefined ? enterprise : { ...enterprise, manager: { ...rest, [to]: id } };
}
