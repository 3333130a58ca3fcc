/** Settings of imports. */
export class ImportSettings {
  constructor(
    /** How many messages an import may be ahead of those who read them before it waits. */
    readonly HR_IMPORT_LEAD: number,
    /** A file may have so many bytes. */
    readonly maxBytes: number = numbers.HR_IMPORT_MAX_BYTES.fallback,
    /** And so many rows. */
    readonly maxRows: number = numbers.HR_IMPORT_MAX_ROWS.fallback,
  ) {}
}

const numbers = {
  HR_IMPORT_LEAD: { fallback: 200, of: 'messages' },
  HR_IMPORT_MAX_BYTES: { fallback: 268_435_456, of: 'bytes' },
  HR_IMPORT_MAX_ROWS: { fallback: 500_000, of: 'rows' },
} as const;

/** @throws Error naming every broken setting, never its value */
export function importSettings(env: Readonly<Record<string, string | undefined>> = process.env): ImportSettings {
  const wrong: string[] = [];
  const read = (name: keyof typeof numbers): number => {
    const { fallback, of } = numbers[name];
    const raw = env[name];
    const value = raw === undefined || raw === '' ? fallback : Number(raw);
    if (!Number.isSafeInteger(value) || value < 1) wrong.push(`${name}: must be a whole number of ${of} from 1`);
    return value;
  };
  const settings = new ImportSettings(read('HR_IMPORT_LEAD'), read('HR_IMPORT_MAX_BYTES'), read('HR_IMPORT_MAX_ROWS'));
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return settings;
}
