import { usage } from './usage.js';

/** The administrator's command line. Each command is loaded when it is asked for: verifying needs no configuration. */
async function main([command = '', ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'verify':
      return await (await import('./verify.js')).verify(args);
    case 'import':
      return await (await import('./import-file.js')).importFile(args);
    case 'republish':
      return await (await import('./republish.js')).republish(args);
    case 'resume':
      return await (await import('./resume.js')).resume(args);
    case 'migrate':
      return await (await import('./migrate-command.js')).migrateCommand(args);
    case 'kafka-acls':
      process.stdout.write(`${(await import('./kafka-acls.js')).kafkaAcls()}\n`);
      return 0;
    case 'actor':
      return (await import('./actor.js')).actor(args);
    case 'token':
      return (await import('./issued-tokens.js')).issuedTokens(args);
    case 'audit':
      return await (await import('./audit-command.js')).auditCommand(args);
    case 'rebuild':
      return await (await import('./rebuild.js')).rebuild(args);
    case 'mapping':
      return await (await import('./mapping-command.js')).mappingCommand(args);
    case 'connector':
      return await (await import('./connector-command.js')).connectorCommand(args);
    case 'reconcile':
      return await (await import('./reconcile-command.js')).reconcileCommand(args);
    case 'export':
      process.stderr.write(`${command} is documented but not served yet\n${usage}`);
      return 2;
    case '--help':
    case 'help':
      process.stdout.write(usage);
      return 0;
    default:
      process.stderr.write(command === '' ? usage : `there is no command ${JSON.stringify(command)}\n${usage}`);
      return 2;
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);

/** The message of an error with its causes: `fetch failed` alone does not help. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
