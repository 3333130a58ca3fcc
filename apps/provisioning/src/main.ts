import { runService } from '#libs/service-kit/run-service.js';

await runService('provisioning', async () => (await import('./provisioning.service.js')).provisioningAlone);
