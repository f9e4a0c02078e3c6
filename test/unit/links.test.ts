import { expect, test } from '@jest/globals';
import { isLinkBase, pageLink, requireLinkBases, tokenLink } from '../../src/core/email/links.js';

const bases = {
  verifyEmail: 'https://app.example/verify',
  resetPassword: 'https://app.example/reset',
  confirmEmailChange: 'https://app.example/email',
  login: 'https://app.example/login',
};

test('each link opens its page, with the token encoded', () => {
  expect(tokenLink(bases.verifyEmail, 'abc_-1')).toBe('https://app.example/verify?token=abc_-1');
  expect(tokenLink(bases.resetPassword, 'a b&c=d#e')).toBe('https://app.example/reset?token=a%20b%26c%3Dd%23e');
  expect(tokenLink(bases.confirmEmailChange, 'x')).toBe('https://app.example/email?token=x');
  expect(pageLink(bases.login)).toBe('https://app.example/login');
  expect(pageLink(bases.resetPassword)).toBe('https://app.example/reset');
});

test.each([
  ['https://app.example', 'https://app.example/?token=t'],
  ['https://app.example/v?lang=en', 'https://app.example/v?lang=en&token=t'],
  ['https://app.example/v?a=1%202&b', 'https://app.example/v?a=1%202&b&token=t'],
  ['https://app.example/v?', 'https://app.example/v?token=t'],
  ['https://app.example/v?a=1&', 'https://app.example/v?a=1&token=t'],
  ['https://app.example/#/verify', 'https://app.example/?token=t#/verify'],
  ['https://app.example/v?a=1#top?x', 'https://app.example/v?a=1&token=t#top?x'],
])('the query and the hash of %s are preserved', (verifyEmail, expected) => {
  expect(tokenLink(verifyEmail, 't')).toBe(expected);
});

test('an address that ends in #token= gets the token in its fragment, and links without a token are without it', () => {
  expect(tokenLink('https://app.example/verify?a=b#token=', 'a b')).toBe('https://app.example/verify?a=b#token=a%20b');
  expect(pageLink('https://app.example/reset#token=')).toBe('https://app.example/reset');
});

test.each([
  ['https://app.example/verify?token=', 'https://app.example/verify?token=t', 'https://app.example/verify'],
  ['https://app.example?token=', 'https://app.example/?token=t', 'https://app.example/'],
  ['https://app.example/v?a=1&token=', 'https://app.example/v?a=1&token=t', 'https://app.example/v?a=1'],
  ['https://app.example/#/v?token=', 'https://app.example/#/v?token=t', 'https://app.example/#/v'],
  ['https://app.example/#a=1&token=', 'https://app.example/#a=1&token=t', 'https://app.example/#a=1'],
])('the token belongs where %s ends', (base, link, withoutToken) => {
  expect(isLinkBase(base)).toBe(true);
  expect(tokenLink(base, 't')).toBe(link);
  expect(pageLink(base)).toBe(withoutToken);
});

test.each([
  'https://app.example/v?token=x',
  'https://app.example/v?token',
  'https://app.example/v?token=&a=1',
  'https://app.example/v?token=#top',
  'https://app.example/v?token=#token=',
  'https://app.example/v?a=1&token=x',
  'https://app.example/#token=x',
  'https://app.example/#/v?token=x',
  'https://app.example/#token',
])('a page with another token is rejected, with the reason: %s', (verifyEmail) => {
  expect(() => requireLinkBases({ verifyEmail })).toThrow(
    /\n {2}verifyEmail has a parameter "token"; leave it out, or write it without a value at the end$/,
  );
});

test.each([
  'https://app.example',
  'https://app.example:8443/a?b=c#d',
  'https://app.example/token?tokens=1&mytoken=2#tokens',
  'HTTPS://app.example/',
  'http://localhost:3000/verify',
  'http://127.0.0.1/verify',
  'http://[::1]:3000/',
])('%s is accepted as a page', (text) => {
  expect(isLinkBase(text)).toBe(true);
});

test.each([
  '',
  '/verify',
  'app.example/verify',
  '//app.example/verify',
  'https:app.example',
  'https://',
  'https:///app.example',
  ' https://app.example',
  'https://app.exa\nmple/',
  'https://app.example/a b',
  'http://app.example/',
  'http://localhost.evil.example/',
  'http://localhost@evil.example/',
  'https://user:secret@app.example/',
  'javascript:alert(1)',
  'ftp://app.example/',
])('%j is rejected as a page', (text) => {
  expect(isLinkBase(text)).toBe(false);
});

test('a page with a space is rejected at startup, with the reason', () => {
  expect(() => requireLinkBases({ ...bases, login: 'https://app.example/?next=a b' })).toThrow(
    /\n {2}login contains a space; write %20$/,
  );
});

test('an invalid page is rejected at startup, by name and without its address', () => {
  expect(() => requireLinkBases({ ...bases, login: 'http://user:secret@app.example' })).toThrow(
    /\n {2}login is not an absolute https address$/,
  );
});
