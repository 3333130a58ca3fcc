import { parseArgs } from 'node:util';

export const usage = `usage: npm run --silent hub -- COMMAND
  verify PACK [--key FILE]                check an evidence pack; exit 0 verified, 1 not, 2 usage
  verify LOG [--key FILE] [--checkpoint FILE]
                                          check a whole log, against a checkpoint you kept if there is one
  import FILE [--url URL] [--token TOKEN] [--mode delta|full] [--population FILTER]
                                          send a CSV or NDJSON file of workers and show its progress;
                                          exit 1 when rows were rejected or held
  migrate                                 bring the database of DATABASE_OWNER_URL to this version
  kafka-acls                              print the commands that give each service its rights on Kafka
  republish SERVICE --from TIME [--topic TOPIC --for ID] [--url URL] [--token TOKEN]
                                          have a service publish again what it said since an instant;
                                          with --for only for the readers that resume under that id
  resume SERVICE --reason TEXT [--url URL] [--token TOKEN]
                                          have the readers of a service go on that stopped because messages were
                                          deleted before they read them: what they miss is published again
  rebuild SERVICE [READ-MODEL] [--url URL] [--token TOKEN]
                                          have a service write a read model again from its facts, or all of them,
                                          and show its progress
  mapping eval CONNECTOR PERSON [--file FILE] [--url URL] [--token TOKEN]
                                          what the mapping gives for a person (employeeId or identity), step by step;
                                          FILE: mapping entries, or a connector document, to try instead (JSON or YAML)
  connector check FILE [--id ID] [--url URL] [--token TOKEN]
                                          validate a connector document (JSON, or YAML in a .yaml file) and read from its
                                          application, without storing it: each promise is printed as passed or not; exit 0 passed, 1 not
  connector discover ID [--write] [--url URL] [--token TOKEN]
                                          how a connector's application speaks SCIM, and the profile that fits it; with
                                          --write it makes a marked user and group and removes them again
  reconcile CONNECTOR [--confirm N] [--url URL] [--token TOKEN]
                                          read the application of a connector and show how far it is; with --confirm
                                          so many accounts may be missing; exit 0 complete, 1 held or failed
  actor SUBJECT [--issuer URL]            how the log calls a machine or administrator who is not in HR
  token list                              the local issuer's tokens that still count
  token revoke ID | --subject SUBJECT [--person | --administrator]
                                          refuse a token, or all of a subject, from now on
  audit check [--url URL] [--token TOKEN] hash the whole stored log again; exit 0 sound, 1 not
  audit export FILE [--url URL] [--token TOKEN]
                                          the whole log in a file, for verify
  audit adopt --reason TEXT [--former FILE [--key FILE]] [--print]
                                          begin the record of a log whose checkpoint is kept nowhere, with the next
                                          start; after a restore, FILE is the checkpoint kept before it: the log then
                                          says which entries are lost; --key is the log's
                                          verifier key, --print shows the order for AUDIT_ADOPTION
`;

/** One positional argument and options with values; null if the arguments are not valid. */
export function parsed<Name extends string>(
  args: readonly string[],
  options: readonly Name[],
): { file: string; values: Partial<Record<Name, string>> } | null {
  try {
    const known = Object.fromEntries(options.map((name) => [name, { type: 'string' as const }]));
    const { positionals, values } = parseArgs({ args: [...args], options: known, allowPositionals: true });
    const [file, ...more] = positionals;
    return file === undefined || more.length > 0 ? null : { file, values: values as Partial<Record<Name, string>> };
  } catch {
    return null;
  }
}
