/** Rung when a connector's document or status changed. */
export const connectorsChannel = 'provisioning.connectors';
