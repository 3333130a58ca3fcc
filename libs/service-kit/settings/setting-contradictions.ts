import { accessSync, constants } from 'node:fs';
import { keyProblem } from './master-key-source.js';
import { webhookKey } from '#libs/text/webhook-key.js';

type Given = Readonly<Record<string, string>>;

/** The settings that depend on each other. */
interface Dependent {
  readonly embedded: boolean;
  readonly OIDC_ISSUER?: string;
  readonly HUB_MASTER_KEY?: string;
  readonly KAFKA_TLS: string;
  readonly KAFKA_CA?: string;
  readonly KAFKA_SASL_MECHANISM?: string;
  readonly SMTP_URL?: string;
  readonly MAIL_FROM?: string;
  readonly NOTIFICATION_WEBHOOK_URL?: string;
  readonly NOTIFICATION_WEBHOOK_SECRET?: string;
}

/**
 * Settings that contradict each other, that others require, or that name what cannot be read, each with its name.
 * @param given what was stated, before files were read
 */
export function contradictionsIn(settings: Dependent, given: Given): string[] {
  return [
    ...issuerProblems(settings, given),
    ...kafkaProblems(settings, given),
    ...masterKeyProblems(settings, given),
    ...notificationProblems(settings),
  ];
}

/** Another issuer makes tokens for many programs: which of them are for the hub must be said. */
function issuerProblems({ OIDC_ISSUER: issuer }: Dependent, given: Given): string[] {
  return issuer !== undefined && given['OIDC_AUDIENCE'] === undefined
    ? ['OIDC_AUDIENCE: is missing: with OIDC_ISSUER, give the audience that tokens for the hub carry']
    : [];
}

/** Kafka settings that contradict each other, or files that cannot be read. */
function kafkaProblems(settings: Dependent, given: Given): string[] {
  const { KAFKA_TLS, KAFKA_CA: ca, KAFKA_SASL_MECHANISM: mechanism } = settings;
  const problems = ca === undefined || isReadable(ca) ? [] : ['KAFKA_CA: its file cannot be read'];
  if (KAFKA_TLS !== 'on' && ca !== undefined) problems.push('KAFKA_CA: is allowed only with KAFKA_TLS=on');
  if (mechanism === 'plain' && KAFKA_TLS !== 'on')
    problems.push(
      'KAFKA_SASL_MECHANISM: plain sends the password without encryption: set KAFKA_TLS=on, or use a scram mechanism',
    );
  return [...problems, ...loginProblems(mechanism !== undefined, given)];
}

/** With a login both are needed; without one neither is allowed. */
function loginProblems(isLogin: boolean, given: Given): string[] {
  const why = isLogin ? 'is missing: KAFKA_SASL_MECHANISM needs it' : 'is allowed only with KAFKA_SASL_MECHANISM';
  return ['KAFKA_USERNAME', 'KAFKA_PASSWORD']
    .filter((name) => (given[name] !== undefined) !== isLogin)
    .map((name) => `${name}: ${why}`);
}

/** Without a database of its own a service needs the key of everybody. */
function masterKeyProblems({ HUB_MASTER_KEY: key, embedded }: Dependent, given: Given): string[] {
  if (given['HUB_MASTER_KEY'] === undefined)
    return embedded
      ? []
      : ['HUB_MASTER_KEY: is missing: with DATABASE_URL, give 32 random bytes in base64, or file:PATH'];
  const problem = key === undefined ? null : keyProblem(key);
  return problem === null ? [] : [`HUB_MASTER_KEY: ${problem}`];
}

/** A channel needs all of its settings. */
function notificationProblems(settings: Dependent): string[] {
  const {
    SMTP_URL: smtp,
    MAIL_FROM: from,
    NOTIFICATION_WEBHOOK_URL: url,
    NOTIFICATION_WEBHOOK_SECRET: secret,
  } = settings;
  const problems = [
    ...((smtp === undefined) === (from === undefined) ? [] : ['MAIL_FROM: goes with SMTP_URL: set both, or neither']),
    ...((url === undefined) === (secret === undefined)
      ? []
      : ['NOTIFICATION_WEBHOOK_SECRET: goes with NOTIFICATION_WEBHOOK_URL: set both, or neither']),
  ];
  if (secret !== undefined && webhookKey(secret) === null)
    problems.push('NOTIFICATION_WEBHOOK_SECRET: must be whsec_ and 24 to 64 random bytes in base64');
  return problems;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
