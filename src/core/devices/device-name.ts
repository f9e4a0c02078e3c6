import Bowser from 'bowser';

const KNOWN_BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));

/** A short label such as 'Firefox on Linux'; null when the User-Agent tells nothing. */
export function describeDevice(userAgent: string): string | null {
  const { browser, os } = Bowser.parse(userAgent);
  if (browser.name === undefined || browser.name === '') return null;
  return os.name === undefined ? browser.name : `${browser.name} on ${os.name}`;
}

/** The same, but null for a browser that is not on a list: its label would be words that the client chose. */
export function describeKnownDevice(userAgent: string): string | null {
  const { name = '' } = Bowser.parse(userAgent).browser;
  return KNOWN_BROWSERS.has(name) ? describeDevice(userAgent) : null;
}
