import { applyDecorators, SetMetadata, type CustomDecorator } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Role } from './caller.js';

export const requiredRolesKey = 'hub:roles';
export const openKey = 'hub:open';
/** Where the API document finds them. */
export const rolesExtension = 'x-roles';

/** The route is for callers who hold one of these roles. A route without `@Roles` or `@Open` answers nobody. */
export function Roles(...required: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(requiredRolesKey, required), ApiExtension(rolesExtension, [...required]));
}

/** The route needs no token. Only for health and API documents. */
export function Open(): CustomDecorator {
  return SetMetadata(openKey, true);
}
