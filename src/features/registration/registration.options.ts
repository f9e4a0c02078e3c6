import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag } from '../../platform/options/option-types.js';

export const registrationOptions = {
  registration: {
    enabled: flag.default(true).describe('Whether new users can register.'),
  },
} as const;

export type RegistrationConfig = ConfigOf<typeof registrationOptions>;
