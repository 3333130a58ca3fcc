import { readFileSync } from 'node:fs';

/** Settings that hold a secret, or may hold one: each takes a value or `file:PATH`. */
const secretSettings = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'HUB_MASTER_KEY',
  'CONNECTOR_PROXY',
  'SMTP_URL',
  'NOTIFICATION_WEBHOOK_SECRET',
];
const fromFile = 'file:';

/** The content of the file that `file:PATH` names, without its last line breaks; null if it cannot be read. */
function fileValue(given: string): string | null {
  try {
    return readFileSync(given.slice(fromFile.length), 'utf8').replace(/[\r\n]+$/, '');
  } catch {
    return null;
  }
}

/** Replaces each `file:PATH` by the content of the file. `problems` names the settings whose file cannot be used. */
export function withFiles(given: Readonly<Record<string, string>>): {
  values: Record<string, string>;
  problems: string[];
} {
  const values = { ...given };
  const problems: string[] = [];
  for (const name of secretSettings) {
    const stated = given[name];
    if (stated?.startsWith(fromFile) !== true) continue;
    const value = fileValue(stated);
    if (value === null || value === '') {
      problems.push(`${name}: names a file that ${value === null ? 'cannot be read' : 'is empty'}`);
      Reflect.deleteProperty(values, name);
    } else values[name] = value;
  }
  return { values, problems };
}
