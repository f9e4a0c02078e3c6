import { describe, expect, test } from '@jest/globals';
import { missingTests, namedTests } from '../support/named-tests.js';
import { readPage } from '../support/pages.js';

const SECURITY = 'docs/security.md';
const ASVS = 'docs/reference/asvs.md';

/** How many requirements each section of OWASP ASVS 5.0.0 has. */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{ '6.1': 3, '6.2': 12, '6.3': 8, '6.4': 6, '6.5': 8, '6.6': 4, '6.7': 2, '6.8': 4 },
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2 },
  ...{ '9.1': 3, '9.2': 4 },
};

/** The sections that consist of threats. */
const [threatPart = '', explanations = ''] = readPage(SECURITY).split(/^(?=## The refresh cookie)/m);
const threats = threatPart
  .split(/^- (?=\*\*)/m)
  .slice(1)
  .map((text) => ({ name: /^\*\*([^*]+)\*\*/.exec(text)?.[1]?.replace(/\s+/g, ' ') ?? text, text }));

const requirements = readPage(ASVS)
  .split('\n')
  .filter((line) => /^\| \d+\.\d+\.\d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', level = '', , status = '', how = '', tests = '', ...rest]) => ({
    ...{ number, level, status, how, tests, rest },
  }));

describe('the page on security', () => {
  test('has threats in every section', () => {
    expect(threats.length).toBeGreaterThan(50);
    const sections = threatPart.split(/^## /m).slice(1);
    expect(sections.length).toBeGreaterThan(7);
    for (const section of sections) expect(section).toMatch(/^- \*\*/m);
  });

  test.each(threats)('has tests for: $name', ({ text }) => {
    expect(namedTests(text).length).toBeGreaterThan(0);
    expect(missingTests(text)).toEqual([]);
  });
});

describe('the page on OWASP ASVS', () => {
  test('lists every requirement on authentication, sessions and tokens once', () => {
    const wanted = Object.entries(SECTIONS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_value, at) => `${section}.${String(at + 1)}`),
    );
    const listed = requirements.map(({ number }) => number);
    expect(listed.filter((number) => /^[679]\./.test(number))).toEqual(wanted);
    expect(new Set(listed).size).toBe(listed.length);
  });

  test.each(requirements)('names existing tests for $number, or says why there is none', (requirement) => {
    const { level, status, how, tests, rest } = requirement;
    expect(rest).toEqual(['']);
    expect(level).toMatch(/^[123]$/);
    expect(['met', 'partly', 'not covered', 'not applicable']).toContain(status);
    expect(missingTests(tests)).toEqual([]);
    if (status === 'met' || status === 'partly') expect(namedTests(tests).length).toBeGreaterThan(0);
    if (status === 'not covered' || status === 'not applicable')
      expect([tests, how]).toEqual(['', expect.stringMatching(/./)]);
  });

  test('and the known limitations agree on what is missing', () => {
    const [, limitations = ''] = /^## Known limitations\n([\s\S]*?)^## /m.exec(explanations) ?? [];
    const missing = requirements.filter(({ status }) => status === 'partly' || status === 'not covered');
    const cited = [...limitations.matchAll(/ASVS (\d+\.\d+\.\d+)/g)].map(([, number]) => number);
    expect([...new Set(cited)].sort()).toEqual(missing.map(({ number }) => number).sort());
  });
});

test('the page on operations names existing tests for every fault', () => {
  const [, faults = ''] = /^## What happens when …\n([\s\S]*?)^## /m.exec(readPage('docs/guides/operations.md')) ?? [];
  const rows = faults.split('\n').filter((line) => /^\| (?!Fault|-)/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(namedTests(row).length).toBeGreaterThan(0);
  expect(missingTests(faults)).toEqual([]);
});
