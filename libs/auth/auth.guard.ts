import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { RequestProblem } from '#libs/problems/problem.js';
import { Authenticator } from './authenticator.js';
import type { Caller, Role } from './caller.js';
import { rememberCaller } from './current-caller.decorator.js';
import { RequestLimits } from './request-limits.js';
import { openKey, requiredRolesKey } from './roles.decorator.js';
import { InvalidToken } from './token-verifier.js';

/** A route is open only if it is marked so. Checks the token first, then how many requests came, then the role. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const on = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(openKey, on) === true) return true;
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const caller = await this.callerOf(request);
    rememberCaller(request, caller);
    await this.limits.takeCaller(caller.actor);
    const required = this.reflector.getAllAndOverride<readonly Role[] | undefined>(requiredRolesKey, on) ?? [];
    if (!required.some((role) => caller.roles.includes(role)))
      throw new RequestProblem(403, 'insufficient_role', needed(required));
    return true;
  }

  private async callerOf(request: IncomingMessage): Promise<Caller> {
    try {
      return await this.authenticator.callerOf(request.headers.authorization);
    } catch (error) {
      if (error instanceof InvalidToken) await this.limits.takeStranger(request);
      throw error;
    }
  }
}

function needed(required: readonly Role[]): string {
  return required.length === 0
    ? 'no role may use this route'
    : `this needs a token with the role ${required.join(' or ')}`;
}
