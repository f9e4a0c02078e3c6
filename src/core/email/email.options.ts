import * as z from 'zod';
import { parseSender } from './message.js';
import { parseSmtpUrl } from './smtp-url.js';
import { canonicalLocale } from '../users/locale.js';
import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer, isReadBy, oneLine, pageUrl, text } from '../../platform/options/option-types.js';

const locale = z
  .string('must be a language tag; write for example "en" or "de-AT"')
  .refine((tag) => canonicalLocale(tag) === tag, {
    error: 'must be a language tag in its canonical form; write for example "en" or "de-AT"',
  });

/** Stands in emails for the name of the product. */
export const NO_PRODUCT_NAME = 'our service';

/** The address of a mail server. */
export const smtpUrl = z
  .url({
    ...{ protocol: /^smtps?$/, abort: true },
    error: 'must be an address such as smtp://user:password@mail.example.com:587',
  })
  .refine(isReadBy(parseSmtpUrl), {
    error:
      'must have a percent-encoded user and password, no path or fragment, and no parameter but ignoreTLS=true and name=host.example.com',
  });

export const emailOptions = {
  emailLimit: {
    intervalSeconds: integer(0, 3600)
      .default(60)
      .describe('The minimum time between two emails of the same kind to one recipient.'),
    maxPerHour: integer(0, 10_000)
      .default(5)
      .describe('How many emails of one kind a recipient may get, and an account may cause, per hour; 0 for no limit.'),
    maxPerOriginPerHour: integer(0, 1_000_000)
      .default(500)
      .describe(
        'How many emails one client address may request per hour, by registering, resending a link or resetting a password; 0 for no limit. Behind a gateway, set TRUSTED_HOPS; otherwise all users share one address.',
      ),
  },
  mail: {
    from: text(300)
      .refine(isReadBy(parseSender), {
        error: 'must be one email address, or a name and an address such as "Acme <no-reply@acme.example>"',
      })
      .default('Auth <no-reply@localhost>')
      .describe('The sender of every email, such as `Acme <no-reply@acme.example>`.'),
    productName: oneLine(text(100)).default(NO_PRODUCT_NAME).describe('The product name in emails.'),
    locale: locale
      .default('en')
      .describe('The locale of emails to users who have none, as a language tag such as `de-AT`.'),
    templatesFolder: text(1000).optional().describe('A folder of eta templates that replace the built-in ones.'),
    resetPasswordUrl: pageUrl
      .default('http://localhost:3000/reset-password')
      .describe(
        'The page of your application where users choose a new password; links that reset a password append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.',
      ),
    loginUrl: pageUrl.default('http://localhost:3000/login').describe('The sign-in page of your application.'),
  },
} as const;

export type EmailConfig = ConfigOf<typeof emailOptions>;
