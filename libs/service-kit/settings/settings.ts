import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { KafkaSecurity } from '#libs/event-bus/kafka/kafka-security.js';
import { join } from 'node:path';
import { plainToInstance, Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';
import type { BrakeThresholds } from './brake.js';
import { withFiles } from './secret-files.js';
import { contradictionsIn } from './setting-contradictions.js';

const port = { message: 'must be a whole number from 0 to 65535' };
const whole = { message: 'must be a whole number of people' };
const percentage = { message: 'must be a number from 0 to 100' };
const delay = { message: 'must be a whole number of seconds from 0 to 60' };
const days = { message: 'must be a whole number of days from 0 to 3660' };
const wait = { message: 'must be a whole number of seconds from 0 to 3600' };
const minutes = { message: 'must be a whole number of minutes from 1 to 43200' };
const rate = { message: 'must be a whole number of requests a second from 0 (no limit) to 100000' };
const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])];
const cidr = String.raw`([0-9.]+\/\d{1,2}|[0-9a-fA-F:]+\/\d{1,3})`;

/** Every setting of every service, validated at start. The only file that reads the environment for them. */
export class ServiceSettings {
  @Type(() => Number)
  @IsInt(port)
  @Min(0, port)
  @Max(65535, port)
  readonly PORT: number = 3000;

  /** Where the embedded database, the issuer's key and the generated master key are. */
  @MinLength(1, { message: 'must be a directory' })
  readonly HUB_DATA_DIR: string = '.hub';

  /** Unset: embedded PostgreSQL. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/./, { message: 'must be a postgres:// address' })
  readonly DATABASE_URL?: string;

  /** For `hub migrate` alone: a role that may make roles and act as them. Services never have it. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/./, { message: 'must be a postgres:// address' })
  readonly DATABASE_OWNER_URL?: string;

  /** Unset: messages travel through PostgreSQL. */
  @IsOptional()
  @Matches(/^[\w.-]+:\d+(,[\w.-]+:\d+)*$/, { message: 'must be host:port[,host:port…]' })
  readonly KAFKA_BROKERS?: string;

  @IsIn(['on', 'off'], { message: 'must be on or off' })
  readonly KAFKA_TLS: string = 'off';

  /** File of certificates in PEM that the brokers' are signed by; unset: those the system trusts. */
  @IsOptional()
  @MinLength(1, { message: 'must be the path of a file in PEM' })
  readonly KAFKA_CA?: string;

  /** Unset: the brokers require no login. */
  @IsOptional()
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'], { message: 'must be plain, scram-sha-256 or scram-sha-512' })
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512';

  /** The service's principal. */
  @IsOptional()
  @MinLength(1, { message: 'must be the name of the principal' })
  readonly KAFKA_USERNAME?: string;

  @IsOptional()
  @MinLength(1, { message: 'must be a password, or file:PATH of one' })
  readonly KAFKA_PASSWORD?: string;

  /** Unset: the hub's local issuer. */
  @IsOptional()
  @IsUrl(
    { require_tld: false, protocols: ['http', 'https'], require_protocol: true },
    { message: 'must be an http(s) address' },
  )
  readonly OIDC_ISSUER?: string;

  @MinLength(1, { message: 'must be the audience that tokens for the hub carry' })
  readonly OIDC_AUDIENCE: string = 'identity-hub';

  /** Claim that holds the roles; a dotted path reaches into objects. */
  @Matches(/^\S+$/, { message: 'must be the name of a claim' })
  readonly OIDC_ROLES_CLAIM: string = 'roles';

  /** Claim that holds the person's employeeId. */
  @Matches(/^\S+$/, { message: 'must be the name of a claim' })
  readonly IDENTITY_CLAIM: string = 'sub';

  /** 32 bytes in base64 or hexadecimal; `keyProblem` checks it. */
  @IsOptional()
  readonly HUB_MASTER_KEY?: string;

  /** The connectors that a provisioning service alone works for, separated by commas. Unset: it serves the API only. */
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}(,\s*[a-z0-9][a-z0-9-]{0,62})*$/, {
    message: 'must be ids that match [a-z0-9][a-z0-9-]{0,62}, separated by commas',
  })
  readonly CONNECTOR_ID?: string;

  @IsOptional()
  @Matches(new RegExp(`^${cidr}(,\\s*${cidr})*$`), {
    message: 'must be a list of networks such as 10.0.0.0/8,fd00::/8',
  })
  readonly CONNECTOR_ALLOWED_NETWORKS?: string;

  /** Proxy through which every call to an application goes. */
  @IsOptional()
  @Matches(/^https?:\/\/[^\s/]+\/?$/, { message: 'must be the http(s) address of a proxy, such as http://proxy:3128' })
  readonly CONNECTOR_PROXY?: string;

  /** Has a folder for each connector, with its secrets as files. Unset: `secrets` in HUB_DATA_DIR. */
  @IsOptional()
  @MinLength(1, { message: 'must be a directory' })
  readonly CONNECTOR_SECRETS_DIR?: string;

  @IsOptional()
  @Matches(/^[\w.:-]+$/, { message: 'must be an address or a host name to listen on' })
  readonly HOST?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt(port)
  @Min(0, port)
  @Max(65535, port)
  readonly METRICS_PORT?: number;

  /** Requests a second that one caller may send to one process, on average over ten seconds. 0: no limit. */
  @Type(() => Number)
  @IsInt(rate)
  @Min(0, rate)
  @Max(100_000, rate)
  readonly RATE_LIMIT_CALLER: number = 500;

  /** The same of one address without a valid token. */
  @Type(() => Number)
  @IsInt(rate)
  @Min(0, rate)
  @Max(100_000, rate)
  readonly RATE_LIMIT_ADDRESS: number = 100;

  /** Networks of the proxies in front of the hub, which name the client's address in X-Forwarded-For. */
  @IsOptional()
  @Matches(new RegExp(`^${cidr}(,\\s*${cidr})*$`), {
    message: 'must be a list of networks such as 10.0.0.0/8,fd00::/8',
  })
  readonly TRUSTED_PROXIES?: string;

  /** Seconds between SIGTERM and the end of the listener, while readiness says no: a load balancer needs them. */
  @Type(() => Number)
  @IsInt(delay)
  @Min(0, delay)
  @Max(60, delay)
  readonly SHUTDOWN_DELAY: number = 3;

  /** Seconds that a service alone, or `hub migrate`, waits at its start for the database; a service also for its migration. */
  @Type(() => Number)
  @IsInt(wait)
  @Min(0, wait)
  @Max(3600, wait)
  readonly START_WAIT: number = 0;

  /** A C2SP tlog-witness that keeps the audit log's newest checkpoint; after `#` the key of its cosignatures. */
  @IsOptional()
  @Matches(/^https?:\/\/[^\s#]+(#\S+)?$/, {
    message: 'must be the http(s) address of a witness, if need be with # and its key',
  })
  readonly CHECKPOINT_WITNESS?: string;

  /** File with the order of `hub audit adopt --print`, where the data directory does not outlive a pod. */
  @IsOptional()
  readonly AUDIT_ADOPTION?: string;

  /** Zone of calendar dates where neither worker, location nor company has one. */
  @IsIn(zones, { message: 'must be a time zone such as Europe/Berlin' })
  readonly HUB_TIME_ZONE: string = 'UTC';

  /** A change of a rule or package that takes access from more people than this must be confirmed. */
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  readonly POLICY_BRAKE_PEOPLE: number = 500;

  /** Also if it is more than this share of the holders, in percent, and at least POLICY_BRAKE_LEAST people. */
  @Type(() => Number)
  @IsNumber({}, percentage)
  @Min(0, percentage)
  @Max(100, percentage)
  readonly POLICY_BRAKE_PERCENT: number = 5;

  @Type(() => Number)
  @IsInt(whole)
  @Min(1, whole)
  readonly POLICY_BRAKE_LEAST: number = 10;

  /** Minutes within which access must be confirmed gone after it was decided that it ends. */
  @Type(() => Number)
  @IsInt(minutes)
  @Min(1, minutes)
  @Max(43_200, minutes)
  readonly REVOCATION_WITHIN: number = 60;

  /** Mail server for notifications, with login and password if it wants them. Unset: none are sent by e-mail. */
  @IsOptional()
  @Matches(/^smtps?:\/\/./, { message: 'must be a smtp:// or smtps:// address' })
  readonly SMTP_URL?: string;

  /** Sender of these e-mails. */
  @IsOptional()
  @Matches(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, {
    message: 'must be an e-mail address, with a name before it if you like',
  })
  readonly MAIL_FROM?: string;

  /** Takes each notification as a webhook. */
  @IsOptional()
  @IsUrl(
    { require_tld: false, protocols: ['http', 'https'], require_protocol: true },
    { message: 'must be an http(s) address' },
  )
  readonly NOTIFICATION_WEBHOOK_URL?: string;

  /** Signs these webhooks. */
  @IsOptional()
  @MinLength(1, { message: 'must be whsec_ and 24 to 64 random bytes in base64, or file:PATH of it' })
  readonly NOTIFICATION_WEBHOOK_SECRET?: string;

  /** Address of a page about what a notification tells, with {kind} and {id}. */
  @IsOptional()
  @Matches(/^https?:\/\/\S*\{id\}\S*$/, { message: 'must be an http(s) address with {id}, and {kind} if you like' })
  readonly LINK_TEMPLATE?: string;

  /** Who takes over what leavers own and approve: the first of these who is here. */
  @Matches(/^(manager|deputy|user:[0-9a-f-]{36})(,\s*(manager|deputy|user:[0-9a-f-]{36}))*$/, {
    message: 'must be manager, deputy or user:<identity id>, separated by commas',
  })
  readonly SUCCESSION_ORDER: string = 'manager';

  /** How many days ahead the end of a contractor may be. 0: contractors need neither a sponsor nor an end. */
  @Type(() => Number)
  @IsInt(days)
  @Min(0, days)
  @Max(3660, days)
  readonly CONTRACTOR_MAX_DAYS: number = 365;

  get successors(): readonly string[] {
    return this.SUCCESSION_ORDER.split(',').map((one) => one.trim());
  }

  /** REVOCATION_WITHIN in milliseconds. */
  get revocationWithinMs(): number {
    return this.REVOCATION_WITHIN * 60_000;
  }

  /** From how many people a policy change may take access without confirmation. */
  get policyBrake(): BrakeThresholds {
    return { people: this.POLICY_BRAKE_PEOPLE, percent: this.POLICY_BRAKE_PERCENT, least: this.POLICY_BRAKE_LEAST };
  }

  /** The hub brings its own PostgreSQL. */
  get embedded(): boolean {
    return this.DATABASE_URL === undefined;
  }

  /** Address to listen on: only this machine with the local issuer, unless HOST says otherwise. */
  get host(): string {
    return this.HOST ?? (this.OIDC_ISSUER === undefined ? '127.0.0.1' : '0.0.0.0');
  }

  get brokers(): readonly string[] {
    return this.KAFKA_BROKERS?.split(',') ?? [];
  }

  /** Connectors that this process works for; empty without CONNECTOR_ID. */
  get connectorIds(): readonly string[] {
    return listIn(this.CONNECTOR_ID);
  }

  get secretsDirectory(): string {
    return this.CONNECTOR_SECRETS_DIR ?? join(this.HUB_DATA_DIR, 'secrets');
  }

  /** How the brokers are reached. @throws Error when a file it names cannot be read; `loadSettings` has looked */
  get kafkaSecurity(): KafkaSecurity {
    const { KAFKA_CA: ca, KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = this;
    const tls = this.KAFKA_TLS === 'on' ? { ca: ca === undefined ? null : readFileSync(ca, 'utf8') } : {};
    if (mechanism === undefined || username === undefined || password === undefined) return tls;
    return { ...tls, sasl: { mechanism, username, password } };
  }

  get requestRates(): { readonly caller: number; readonly address: number } {
    return { caller: this.RATE_LIMIT_CALLER, address: this.RATE_LIMIT_ADDRESS };
  }

  get trustedProxies(): readonly string[] {
    return listIn(this.TRUSTED_PROXIES);
  }

  /** CIDR blocks connectors may call beside public addresses. */
  get allowedNetworks(): readonly string[] {
    return listIn(this.CONNECTOR_ALLOWED_NETWORKS);
  }
}

/** The parts of a list that is separated by commas; none of one that is not set. */
const listIn = (list: string | undefined): readonly string[] => list?.split(',').map((part) => part.trim()) ?? [];

/** Settings that prevent the start; `problems` names every setting, never its value. */
export class BadSettings extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`cannot start, bad settings:\n  ${problems.join('\n  ')}`);
    this.name = 'BadSettings';
  }
}

/**
 * @param env for example `process.env`; an empty value counts as unset, names that are no setting are ignored
 * @throws BadSettings naming every broken setting at once
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>> = process.env): ServiceSettings {
  const names = Object.keys(new ServiceSettings());
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name]?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
  const { values, problems } = withFiles(given);
  const settings = plainToInstance(ServiceSettings, values, { exposeDefaultValues: true });
  for (const { property, constraints } of validateSync(settings))
    problems.push(`${property}: ${[...new Set(Object.values(constraints ?? {}))].join(', ')}`);
  problems.push(...contradictionsIn(settings, given));
  if (problems.length > 0) throw new BadSettings(problems);
  return Object.freeze(settings);
}
