/** Channel for changes of a connector's document or status. */
export const connectorsChannel = 'provisioning.connectors';
