import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { RequestProblem } from '#libs/problems/problem.js';
import { Authenticator } from './authenticator.js';
import type { Role } from './caller.js';
import { rememberCaller } from './current-caller.decorator.js';
import { openKey, requiredRolesKey } from './roles.decorator.js';

/** A route is open only if it is marked so. Checks the token first, then the role. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const on = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(openKey, on) === true) return true;
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const caller = await this.authenticator.callerOf(request.headers.authorization);
    rememberCaller(request, caller);
    const required = this.reflector.getAllAndOverride<readonly Role[] | undefined>(requiredRolesKey, on) ?? [];
    if (!required.some((role) => caller.roles.includes(role)))
      throw new RequestProblem(403, 'insufficient_role', needed(required));
    return true;
  }
}

function needed(required: readonly Role[]): string {
  return required.length === 0
    ? 'no role may use this route'
    : `this needs a token with the role ${required.join(' or ')}`;
}
