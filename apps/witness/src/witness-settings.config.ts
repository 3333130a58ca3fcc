/** The witness' own settings; it has nothing else in common with the services. */
export interface WitnessSettings {
  readonly port: number;
  readonly host: string;
  /** The folder of its key and the checkpoints. */
  readonly dir: string;
  /** Its name in cosignatures. */
  readonly name: string;
  /**
   * Files, each with the verifier key of a log. They are read at each request, so that a log may be added later.
   * `first`: the key that a log sends with its first checkpoint.
   */
  readonly logs: readonly string[] | 'first';
}

/** @throws Error naming what is wrong and how it should be */
export function witnessSettings(env: Readonly<Record<string, string | undefined>> = process.env): WitnessSettings {
  const given = (name: string, otherwise: string): string => {
    const value = env[name]?.trim() ?? '';
    return value === '' ? otherwise : value;
  };
  const port = given('PORT', '3005');
  const name = given('WITNESS_NAME', 'identity-hub/witness');
  const logs = given('WITNESS_LOGS', '')
    .split(',')
    .flatMap((path) => (path.trim() === '' ? [] : [path.trim()]));
  const problems = [
    ...(/^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? [] : ['PORT: must be a whole number from 0 to 65535']),
    ...(/^[^\s+]+$/.test(name) ? [] : ['WITNESS_NAME: must not contain a blank or a plus']),
    ...(logs.length > 0
      ? []
      : ['WITNESS_LOGS: is missing: give files with the verifier keys of logs, separated by commas, or first']),
  ];
  if (problems.length > 0) throw new Error(`cannot start, bad settings:\n  ${problems.join('\n  ')}`);
  const dir = given('WITNESS_DIR', '.witness');
  return {
    port: Number(port),
    host: given('HOST', '127.0.0.1'),
    dir,
    name,
    logs: logs[0] === 'first' ? 'first' : logs,
  };
}
