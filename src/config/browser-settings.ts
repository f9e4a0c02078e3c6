import * as z from 'zod';
import { commaList } from '../platform/options/comma-list.js';
import { flag, text } from '../platform/options/option-types.js';

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The origin of pages, without a path: https, or http on this machine. */
function isPageOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (url?.origin !== value.replace(/\/$/, '') || value.includes('*')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && THIS_MACHINE.has(url.hostname));
}

/** A path of the same origin, or an absolute address. Pages show it to everybody, so it contains no password. */
function isGraphqlUrl(value: string): boolean {
  if (/^\/(?![/\\])\S*$/.test(value)) return true;
  const url = /^https?:\/\/[^\s/\\]\S*$/i.test(value) ? URL.parse(value) : null;
  return url?.username === '' && url.password === '';
}

const origins = 'must be one or more origins, separated by commas; write for example "https://app.example.com"';

/** The settings of what the service shows to browsers. */
export const browserSections = {
  pages: z
    .strictObject({
      enabled: flag
        .optional()
        .describe(
          'Whether the service has pages at `/account/` where users sign in and manage their account. If unset, in development, and in production if `PAGES_PUBLIC_URL` is set. The `MAIL_…_URL` that are not set lead there.',
        ),
      publicUrl: text(2000)
        .refine(isPageOrigin, {
          error:
            'must be an origin with https, such as "https://auth.example.com", without a path; http is only for this machine',
        })
        .optional()
        .describe(
          'The origin under which browsers reach the pages, such as `https://auth.example.com`. If unset in development, `http://localhost` with the port.',
        ),
      graphqlUrl: text(2000)
        .refine(isGraphqlUrl, {
          error:
            'must be a path such as "/graphql", or an absolute address without a user and password, such as "https://api.example.com/graphql"',
        })
        .default('/graphql')
        .describe('The address that the pages send operations to: that of the gateway in production.'),
      continueOrigins: text(10_000)
        .refine((value) => commaList(value).every(isPageOrigin), { error: origins })
        .optional()
        .describe(
          'The origins that `?continue=` may lead to after a sign-in, separated by commas, such as `https://app.example.com`. If unset, users stay on the pages.',
        ),
      theme: text(1000).optional().describe('A CSS file that is added to the pages, for colours and a logo.'),
    })
    .prefault({}),
  explorer: z
    .strictObject({
      enabled: flag
        .optional()
        .describe(
          'Whether `/` shows an explorer for GraphQL to browsers on this machine. If unset, only in development. Production rejects it.',
        ),
    })
    .prefault({}),
} as const;

export type BrowserSettings = z.output<z.ZodObject<typeof browserSections>>;
