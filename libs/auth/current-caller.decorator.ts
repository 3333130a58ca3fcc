import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from './caller.js';

const callers = new WeakMap<object, Caller>();

/** Notes who sent a request. Called by the guard alone. */
export function rememberCaller(request: object, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent a request; undefined on an open route. */
export function callerOf(request: object): Caller | undefined {
  return callers.get(request);
}

/** `@CurrentCaller() caller: Caller`: who sent the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<object>());
  if (caller === undefined) throw new Error('an open route has no caller');
  return caller;
});
