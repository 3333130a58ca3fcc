import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { InvalidInput, pointerTo } from '#libs/problems/problem.js';
import { printable } from './validation.js';

/** `RouteParamtypes.QUERY`. */
const queryParam = '4';

/**
 * Refuses query parameters where a route takes none: who gives `size` to a route that does not know it must not get an
 * answer to another question. Routes with `@Query()` check their own.
 */
@Injectable()
export class QueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const args: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
    if (Object.keys(args ?? {}).some((key) => key.startsWith(`${queryParam}:`))) return true;
    const { query = {} } = context.switchToHttp().getRequest<{ query?: object }>();
    const names = Object.keys(query).slice(0, 20);
    if (names.length === 0) return true;
    throw new InvalidInput(
      names.map((name) => ({ pointer: pointerTo('', printable(name)), detail: 'is an unknown field: leave it out' })),
    );
  }
}
