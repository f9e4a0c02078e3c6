/** What the service tells its pages, in `src/cli/service/pages/page-settings.ts`. */
export interface PageSettings {
  readonly productName?: string | undefined;
  readonly graphqlUrl: string;
  readonly mode: 'cookie' | 'token';
  readonly continueOrigins: readonly string[];
}
