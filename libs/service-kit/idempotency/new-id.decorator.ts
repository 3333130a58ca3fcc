import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { uuidv7 } from '#libs/event-store/ids.js';

const ids = new WeakMap<object, string>();

/** Notes the id of what a request makes. Called for those with an `Idempotency-Key`. */
export function rememberNewId(request: object, id: string): void {
  ids.set(request, id);
}

/**
 * `@NewId() id: string`: the id of what this request makes. The same id when the request is repeated with its
 * `Idempotency-Key` after an unknown outcome: a command that finds the object has nothing to do.
 */
export const NewId = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => ids.get(context.switchToHttp().getRequest<object>()) ?? uuidv7(),
);
