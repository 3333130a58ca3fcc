/** One switch of a profile: what it means, which values it takes, and how that is written in the API document. */
export interface Switch {
  readonly means: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What is wrong with a value, and the mend; null for nothing. */
  problem(value: unknown): string | null;
}

export const attribute = /^[A-Za-z$][\w$.:-]{0,200}$/;

export const choice = (means: string, ...values: readonly string[]): Switch => ({
  means,
  schema: { type: 'string', enum: values },
  problem: (value) => (values.includes(value as string) ? null : `must be one of ${values.join(', ')}`),
});

export const flag = (means: string): Switch => ({
  means,
  schema: { type: 'boolean' },
  problem: (value) => (typeof value === 'boolean' ? null : 'must be true or false'),
});

export const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

export const number = (means: string, least: number, most: number, orNull = false): Switch => ({
  means,
  schema: { type: orNull ? ['integer', 'null'] : 'integer', minimum: least, maximum: most },
  problem: (value) =>
    (orNull && value === null) || isWhole(value, least, most)
      ? null
      : `must be a whole number from ${least} to ${most}${orNull ? ', or null' : ''}`,
});

export const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);

export const text = (means: string, pattern: RegExp, must: string): Switch => ({
  means,
  schema: { type: 'string', pattern: pattern.source },
  problem: (value) => (isText(value, pattern) ? null : `must be ${must}`),
});

export const isList = (value: unknown, pattern: RegExp): boolean =>
  Array.isArray(value) && value.length <= 50 && value.every((one) => isText(one, pattern));

export const texts = (means: string, pattern: RegExp, must: string): Switch => ({
  means,
  schema: { type: 'array', maxItems: 50, items: { type: 'string', pattern: pattern.source } },
  problem: (value) => (isList(value, pattern) ? null : `must be a list of at most 50: each ${must}`),
});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const numbers = (means: string, least: number, most: number): Switch => ({
  means,
  schema: {
    type: 'object',
    propertyNames: { pattern: attribute.source },
    additionalProperties: { type: 'integer', minimum: least, maximum: most },
  },
  problem: (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => attribute.test(name)) &&
    Object.values(value).every((one) => isWhole(one, least, most))
      ? null
      : `must give attributes whole numbers from ${least} to ${most}, such as {"userName": ${least}}`,
});
