import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from './schema.js';

type Check = ReturnType<Ajv2020['compile']>;

const formats = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
  email: /@/,
  uri: /^[a-z]+:/,
  duration: /^P/,
  binary: true,
} as const;

/** Checks values against the schemas of an API document. An answer with an undocumented field fails. */
export class SchemaValidator {
  private readonly ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
    formats,
    keywords: ['example'],
  });
  private readonly checks = new Map<string, Check>();

  /** @param schemas of the document's components */
  constructor(schemas: Readonly<Record<string, Json>>) {
    this.ajv.addSchema({ $id: 'api', $defs: local(closed(schemas)) as Record<string, object> });
  }

  /** Why a named schema cannot be used. */
  faultsOf(name: string): string[] {
    try {
      this.checkOf({ $ref: `#/components/schemas/${name}` });
      return [];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  /** The parts of a value that do not fit a schema of the document; empty if all fit. */
  misfits(value: unknown, schema: Json): string[] {
    const fits = this.checkOf(schema);
    if (fits(value)) return [];
    return (fits.errors ?? []).map(({ instancePath, message = '', params }) =>
      `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
    );
  }

  private checkOf(schema: Json): Check {
    const key = JSON.stringify(schema);
    const check = this.checks.get(key) ?? this.ajv.compile(local(closed(schema)) as object);
    this.checks.set(key, check);
    return check;
  }
}

/** References into the components, as the validator knows them. */
function local(part: unknown): unknown {
  const text = JSON.stringify(part);
  return JSON.parse(text.replaceAll('"#/components/schemas/', '"api#/$defs/')) as unknown;
}

/** Objects with named fields accept no other fields. A part of several schemas does not know the fields of the other parts. */
function closed(part: unknown, isPart = false): unknown {
  if (Array.isArray(part)) return part.map((inner) => closed(inner, isPart));
  if (typeof part !== 'object' || part === null) return part;
  const inner = Object.fromEntries(
    Object.entries(part).map(([key, value]) =>
      key === 'example' || key === 'default' || key === 'const' || key === 'enum'
        ? [key, value as unknown]
        : [key, closed(value, key === 'allOf')],
    ),
  );
  const open = 'properties' in part && 'type' in part && part.type === 'object' && !('additionalProperties' in part);
  return open && !isPart ? { ...inner, additionalProperties: false } : inner;
}
