import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Role } from './caller.js';

export const requiredRolesKey = 'hub:roles';
export const openKey = 'hub:open';

/** The route is for callers who hold one of these roles. A route without `@Roles` or `@Open` answers nobody. */
export function Roles(...required: readonly [Role, ...Role[]]): CustomDecorator {
  return SetMetadata(requiredRolesKey, required);
}

/** The route needs no token. Only for health and API documents. */
export function Open(): CustomDecorator {
  return SetMetadata(openKey, true);
}
