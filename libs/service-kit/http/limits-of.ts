import { ClientAddresses } from '#libs/auth/client-address.js';
import { RequestLimits } from '#libs/auth/request-limits.js';
import type { ServiceSettings } from '../settings/settings.js';

/** Limits as the settings say; what was counted belongs to this object. */
export const limitsOf = ({ requestRates, trustedProxies }: ServiceSettings): RequestLimits =>
  new RequestLimits(requestRates, new ClientAddresses(trustedProxies));
