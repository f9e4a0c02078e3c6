import Bowser from 'bowser';

/** A short label such as 'Firefox on Linux'; null when the User-Agent tells nothing. */
export function describeDevice(userAgent: string): string | null {
  const { browser, os } = Bowser.parse(userAgent);
  if (browser.name === undefined || browser.name === '') return null;
  return os.name === undefined ? browser.name : `${browser.name} on ${os.name}`;
}
