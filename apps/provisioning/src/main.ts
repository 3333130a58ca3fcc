import { runService } from '#libs/service-kit/service/run-service.js';

await runService('provisioning', async () => (await import('./provisioning.service.js')).provisioningAlone);
