import { pointerTo, type ProblemError } from '#libs/problems/problem.js';
import { isPointer } from './json-pointer.js';

/** One object of a description, read field by field. Each problem is noted, and reading goes on. */
export class DescriptionReader {
  private readonly asked = new Set<string>();
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    stated: unknown,
    private readonly pointer: string,
    readonly problems: ProblemError[],
  ) {
    const isObject = typeof stated === 'object' && stated !== null && !Array.isArray(stated);
    if (!isObject) this.refuse('must be an object', '');
    this.fields = isObject ? (stated as Record<string, unknown>) : {};
  }

  refuse(detail: string, field: string): null {
    this.problems.push({ pointer: field === '' ? this.pointer : this.pointerOf(field), detail });
    return null;
  }

  pointerOf(field: string): string {
    return pointerTo(this.pointer, field);
  }

  /** What is stated; undefined for nothing. null is absent. */
  value(field: string): unknown {
    this.asked.add(field);
    return (Object.hasOwn(this.fields, field) ? this.fields[field] : undefined) ?? undefined;
  }

  /** @param missing what to write where it is missing; null where it may be */
  text(field: string, missing: string | null): string | null {
    const value = this.value(field);
    if (value === undefined) return missing === null ? null : this.refuse(`is missing: ${missing}`, field);
    return typeof value === 'string' ? value : this.refuse('must be a text', field);
  }

  /** A JSON Pointer into the answer. */
  point(field: string, missing: string | null): string | null {
    const text = this.text(field, missing);
    if (text === null || isPointer(text)) return text;
    return this.refuse(
      'must be a JSON Pointer (RFC 6901), for example /items; an empty text is the whole answer',
      field,
    );
  }

  oneOf<T extends string>(field: string, values: readonly T[], missing: string | null): T | null {
    const text = this.text(field, missing);
    if (text === null) return null;
    return values.find((one) => one === text) ?? this.refuse(`must be one of ${values.join(', ')}`, field);
  }

  list(field: string, missing: string | null): readonly unknown[] | null {
    const value = this.value(field);
    if (value === undefined) return missing === null ? null : this.refuse(`is missing: ${missing}`, field);
    return Array.isArray(value) ? (value as unknown[]) : this.refuse('must be a list', field);
  }

  /** A part of its own; null where it is not stated. */
  part(field: string, missing: string | null): DescriptionReader | null {
    const value = this.value(field);
    if (value === undefined) return missing === null ? null : this.refuse(`is missing: ${missing}`, field);
    return new DescriptionReader(value, this.pointerOf(field), this.problems);
  }

  /** The parts of a list. */
  parts(field: string, missing: string | null): readonly DescriptionReader[] {
    return (this.list(field, missing) ?? []).map(
      (one, index) => new DescriptionReader(one, `${this.pointerOf(field)}/${index}`, this.problems),
    );
  }

  /** Refuses every field that nobody asked for. */
  end(): void {
    for (const field of Object.keys(this.fields))
      if (!this.asked.has(field))
        this.refuse(`is not a field here: give ${[...this.asked].join(', ')}, or leave it out`, field);
  }
}
