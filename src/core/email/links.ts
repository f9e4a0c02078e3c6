/** The pages of the web application that mails lead to: absolute http(s) addresses. */
export interface LinkBases {
  readonly verifyEmail: string;
  readonly resetPassword: string;
  readonly confirmEmailChange: string;
  readonly login: string;
}

export interface Links {
  verifyEmail(token: string): string;
  resetPassword(token: string): string;
  confirmEmailChange(token: string): string;
  login(): string;
  /** Where a new link to reset the password can be asked for. */
  resetPage(): string;
}

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a mail may link to the address: absolute, and https unless it is on this machine. */
export function isLinkBase(text: string): boolean {
  // URL ignores white space and completes `https:host`; whoever wrote that meant something else.
  if (!/^https?:\/\/[^\s/\\]\S*$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || THIS_MACHINE.has(url.hostname);
}

/**
 * The links that mails hold.
 * @throws Error naming the page whose address is not a link base
 */
export function createLinks(bases: LinkBases): Links {
  for (const page of ['verifyEmail', 'resetPassword', 'confirmEmailChange', 'login'] as const)
    if (!isLinkBase(bases[page])) throw new Error(`The address of the page ${page} is not an absolute https address.`);
  return {
    verifyEmail: (token) => withToken(bases.verifyEmail, token),
    resetPassword: (token) => withToken(bases.resetPassword, token),
    confirmEmailChange: (token) => withToken(bases.confirmEmailChange, token),
    login: () => new URL(bases.login).href,
    resetPage: () => new URL(bases.resetPassword).href,
  };
}

/** By hand, because `searchParams` would encode the rest of the query anew. */
function withToken(base: string, token: string): string {
  const url = new URL(base);
  const { hash } = url;
  url.hash = '';
  const address = url.href.replace(/#$/, '');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}token=${encodeURIComponent(token)}${hash}`;
}
