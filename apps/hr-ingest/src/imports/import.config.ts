/** Settings of imports. */
export class ImportSettings {
  /** How many messages an import may be ahead of those who read them before it waits. */
  readonly HR_IMPORT_LEAD: number;

  constructor(lead: number) {
    this.HR_IMPORT_LEAD = lead;
  }
}

const defaultLead = 200;

/** @throws Error naming the setting, never its value */
export function importSettings(env: Readonly<Record<string, string | undefined>> = process.env): ImportSettings {
  const raw = env['HR_IMPORT_LEAD'];
  const lead = raw === undefined || raw === '' ? defaultLead : Number(raw);
  if (!Number.isInteger(lead) || lead < 1) throw new Error('HR_IMPORT_LEAD: must be a whole number of messages from 1');
  return new ImportSettings(lead);
}
