import type { KafkaConfig, SASLOptions } from 'kafkajs';

/** How a service and the brokers prove to each other who they are. */
export interface KafkaSecurity {
  /** Certificates in PEM that signed the brokers' certificates; null for those of the system; undefined for no TLS. */
  readonly ca?: string | null;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** The client's settings for it. */
export function securityConfig({ ca, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(ca === undefined ? {} : { ssl: ca === null ? true : { ca: [ca] } }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  };
}
