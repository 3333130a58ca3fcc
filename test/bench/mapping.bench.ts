import type { Mapping } from '#apps/provisioning/src/accounts/mapping.js';
import { mappingOf, type MappingEntry } from '#apps/provisioning/src/accounts/mapping-rules.js';
import type { Line } from './measure.js';

const people = 5_000;
const mostUs = 100;

/** Microseconds of CPU for one person of a mapping of 15 entries, each an expression as they are seen in the field. */
export function benchMapping(runs: number): Line[] {
  const mapping = mappingOf(expressions.map(entryOf), false);
  applied(mapping);
  const took = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    applied(mapping);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / people;
  });
  return [{ name: 'a mapping of 15 expressions, one person', unit: 'µs', runs: took, goal: `less than ${mostUs}` }];
}

function applied(mapping: Mapping): void {
  for (let n = 0; n < people; n += 1) {
    const { fault } = mapping.apply(
      {
        givenName: `Zoë${n}`,
        familyName: 'Åberg-Öz',
        email: `zoe${n}@corp.example`,
        department: 'Sales',
        jobTitle: 'Engineer',
        country: n % 2 === 0 ? 'SE' : 'DE',
        hireDate: '2026-03-02',
        employeeId: String(n),
        custom: { language: 'sv' },
      },
      { now: '2026-03-02T09:00:00.000Z', seed: String(n) },
    );
    if (fault !== null) throw new Error(fault);
  }
}

const expressions = [
  'ToLower(Join(".", NormalizeDiacritics([givenName]), NormalizeDiacritics([surname]))) & "@corp.example"',
  'Join(" ", [givenName], [surname])',
  'Switch([country], "en", "SE", "sv", "DE", "de")',
  'IIF([country]="SE", "Stockholm", "Berlin")',
  'Replace([mail], "@corp.example", , , "", , )',
  'Replace([mail], , "(?<Suffix>@(.)*)", "Suffix", "", , )',
  'FormatDateTime([hireDate], , "yyyy-MM-dd", "yyyyMMdd")',
  'Coalesce([custom.language], "en")',
  'IIF(IsPresent([jobTitle]), [jobTitle], "none")',
  'PCase([surname])',
  'Left([givenName], 1) & Left([surname], 7)',
  'Append([employeeId], "@id")',
  'Join("-", [country], [department])',
  'IIF(DateDiff("d", Now(), CDate([hireDate])) > 5, "False", "True")',
  'ToUpper([department])',
];

const entryOf = (expression: string, index: number): MappingEntry => ({
  target: `t${index}`,
  type: 'expression',
  source: null,
  value: null,
  expression,
  default: null,
  onNull: 'clear',
  apply: 'always',
  strength: 'always',
});
