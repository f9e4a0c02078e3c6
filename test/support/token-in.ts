import { RunRecord } from './secrets/run-record.js';

const TOKEN = /[?&#]token=([\w-]+)/g;

/** The token in the link of an email or an announcement. */
export function tokenIn(text: string): string {
  const [token] = noteTokens(text);
  if (token === undefined) throw new Error(`there is no token in: ${text}`);
  return token;
}

/** Notes the tokens in the links of an email for the search for secrets at the end of the run, and returns them. */
export function noteTokens(text: string): string[] {
  const tokens = [...text.matchAll(TOKEN)].map(([, token = '']) => token);
  for (const token of tokens) RunRecord.ofRun().secret(token, 'token of an email');
  return tokens;
}
