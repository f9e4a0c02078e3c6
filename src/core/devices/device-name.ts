import Bowser from 'bowser';

const KNOWN_BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));

/** Returns a short label such as 'Firefox on Linux', or null if the User-Agent is not recognised. */
export function describeDevice(userAgent: string): string | null {
  const { browser, os } = Bowser.parse(userAgent);
  if (browser.name === undefined || browser.name === '') return null;
  return os.name === undefined ? browser.name : `${browser.name} on ${os.name}`;
}

/** Like `describeDevice`, but null for browsers that are not on our list, because the client chooses their names. */
export function describeKnownDevice(userAgent: string): string | null {
  const { name = '' } = Bowser.parse(userAgent).browser;
  return KNOWN_BROWSERS.has(name) ? describeDevice(userAgent) : null;
}
