import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer, pageUrl, text } from '../../platform/options/option-types.js';

export const emailOptions = {
  emailLimit: {
    intervalSeconds: integer(0, 3600)
      .default(60)
      .describe('The minimum time between two emails of the same kind to one recipient, whoever requests them.'),
    maxPerHour: integer(0, 10_000)
      .default(5)
      .describe('How many emails of one kind a recipient may get, and an account may cause, per hour; 0 for no limit.'),
    maxPerOriginPerHour: integer(0, 1_000_000)
      .default(500)
      .describe(
        'How many emails one client address may request per hour, by registering, resending or resetting; 0 for no limit. Behind a gateway, set TRUSTED_HOPS, or all its users share one address.',
      ),
  },
  mail: {
    from: text(300)
      .default('Auth <no-reply@localhost>')
      .describe('The sender of every mail, such as `Acme <no-reply@acme.example>`.'),
    productName: text(100).default('your account').describe('What mails call the product.'),
    templatesFolder: text(1000)
      .optional()
      .describe('A folder of eta templates that take the place of the built-in ones.'),
    resetPasswordUrl: pageUrl
      .default('http://localhost:3000/reset-password')
      .describe('The page of your application that asks for a new password; a token is appended where one is needed.'),
    loginUrl: pageUrl
      .default('http://localhost:3000/login')
      .describe('The page of your application that signs in; a token is appended where one is needed.'),
  },
} as const;

export type EmailConfig = ConfigOf<typeof emailOptions>;
