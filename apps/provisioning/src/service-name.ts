export const serviceName = 'provisioning';
