export const serviceName = 'governance';
