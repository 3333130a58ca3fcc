import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { isUuid } from '#libs/event-store/ids.js';
import { InvalidInput } from '#libs/problems/problem.js';

const defaultLimit = 50;
const maximumLimit = 500;

/** A part of a list. `nextCursor` is null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Query parameters of every list; extend it where a list takes more. */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: maximumLimit, default: defaultLimit })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number from 1 to 500' })
  @Min(1, { message: 'must be a whole number from 1 to 500' })
  @Max(maximumLimit, { message: 'must be a whole number from 1 to 500' })
  readonly limit: number = defaultLimit;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @IsString({ message: 'must be nextCursor of the page before' })
  @MaxLength(2000, { message: 'must be nextCursor of the page before' })
  readonly cursor?: string;

  @ApiPropertyOptional({ description: 'SCIM filter expression (RFC 7644 §3.4.2.2)' })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly filter?: string;
}

/** The part of a list that a query asks for: what `PageQuery` says, with nothing left out. */
export interface ListPart {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly filter: string | undefined;
}

/** The limit of a list from a raw query parameter. @throws InvalidInput outside 1 to 500 */
export function parseLimit(raw: unknown): number {
  if (raw === undefined || raw === null || raw === '') return defaultLimit;
  const limit = typeof raw === 'number' || typeof raw === 'string' ? Number(raw) : Number.NaN;
  if (Number.isInteger(limit) && limit >= 1 && limit <= maximumLimit) return limit;
  throw new InvalidInput([{ pointer: '/limit', detail: `must be a whole number from 1 to ${maximumLimit}` }]);
}

/** Sort key of the last row shown. Opaque to callers. */
export type CursorKey = readonly (string | number)[];

/** The kinds of the parts of a list's key: an invented cursor must not reach the database with other values. */
interface CursorParts {
  text: string;
  uuid: string;
  /** ISO 8601 in UTC. */
  instant: string;
  /** From 0. */
  index: number;
}
type CursorKind = keyof CursorParts;

const isPart: Readonly<Record<CursorKind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  uuid: (value) => typeof value === 'string' && isUuid(value),
  instant: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  index: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key in a cursor, or null without one. @param kinds of its parts @throws InvalidInput for what is no cursor of this list */
export function decodeCursor<const Kinds extends readonly CursorKind[]>(
  cursor: string | undefined,
  kinds: Kinds,
): { readonly [Place in keyof Kinds]: CursorParts[Kinds[Place]] } | null {
  if (cursor === undefined || cursor === '') return null;
  const refuse = (): never => {
    throw new InvalidInput([
      { pointer: '/cursor', detail: 'is not a cursor of this list: give nextCursor of the page before' },
    ]);
  };
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return refuse();
  }
  const isKey = Array.isArray(key) && key.length === kinds.length && kinds.every((kind, at) => isPart[kind](key[at]));
  // Each part is of the kind at its place.
  return isKey ? (key as { [Place in keyof Kinds]: CursorParts[Kinds[Place]] }) : refuse();
}

/** A page from `limit + 1` rows: the extra row shows that there is more. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => CursorKey,
  item: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(item), nextCursor: more ? encodeCursor(cursorOf(last)) : null };
}
