import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** A route's method in its controller. */
export interface Handler {
  readonly controller: Type;
  readonly name: string;
  readonly method: object;
}

/** The methods of every controller of an application. */
export function handlersOf(modules: ModulesContainer): Handler[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).map((name) => ({
      controller,
      name,
      method: prototype[name] as object,
    }));
  });
}
