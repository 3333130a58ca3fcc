import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Json, Schema } from './schema.js';

/** Metadata of a handler: status and codes of what it refuses. */
export const refusesKey = 'hub:refuses';
/** Metadata of a handler: by status, members of its own that a problem document of the route may have. */
export const refusalMembersKey = 'hub:refusal-members';
export type RefusalMembers = Readonly<Record<number, Readonly<Record<string, { readonly json: Json }>>>>;
export type Refusals = Readonly<Record<number, readonly string[]>>;

interface Said {
  readonly description?: string;
  /** Headers of the answer. */
  readonly headers?: readonly ('Location' | 'ETag')[];
  /** Media type; JSON unless given. */
  readonly type?: string;
}

const headerNotes = {
  Location: 'Path of the new object',
  ETag: 'The version, for `If-Match`',
} as const;

/** What a route answers with this status. The method's return type must be what the schema says. */
export function Answers<T>(status: 200 | 201 | 202, schema: Schema<T>, said: Said = {}) {
  const { description = '', headers = [], type = 'application/json' } = said;
  const decorate = ApiResponse({
    status,
    description,
    headers: Object.fromEntries(
      headers.map((name) => [name, { description: headerNotes[name], schema: { type: 'string' } }]),
    ),
    content: {
      [type]: { schema: schema.json, ...(schema.example === undefined ? {} : { example: schema.example }) },
    },
  });
  return <F extends (...args: never[]) => Promise<T> | T>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void => void decorate(target, key, descriptor as TypedPropertyDescriptor<unknown>);
}

/** A route that answers a file. */
export const AnswersFile = (type: string): MethodDecorator =>
  ApiResponse({ status: 200, description: '', content: { [type]: { schema: { type: 'string', format: 'binary' } } } });

/** A route that answers 204. */
export const AnswersNothing = (): MethodDecorator => ApiResponse({ status: 204, description: 'Done' });

/**
 * What a route refuses by rules of its own, for example `{ 409: ['note.not_open'] }`: the status of each code. `members`
 * describes what their problem documents say besides. The kit adds what every route of its kind refuses (token, role, input,
 * unknown id, version, key).
 */
export function Refuses(refusals: Refusals, members: RefusalMembers = {}): MethodDecorator {
  return applyDecorators((_target: object, _key: string | symbol | undefined, descriptor?: PropertyDescriptor) => {
    if (descriptor === undefined) throw new Error('@Refuses belongs on a method');
    Reflect.defineMetadata(refusesKey, refusals, descriptor.value as object);
    Reflect.defineMetadata(refusalMembersKey, members, descriptor.value as object);
  });
}
