import { expect, test } from '@jest/globals';
import { foldText } from '../../src/core/users/name-key.js';
import { UNFOLDED } from '../../src/core/users/user-indexes.js';

test('housekeeping looks for exactly the characters that are folded further than an earlier release did', () => {
  const earlier = (text: string): string =>
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFC')
      .replaceAll(/\s+/gu, ' ')
      .trim();
  const unfolded = new RegExp(UNFOLDED, 'u');
  const differing: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (!character.isWellFormed()) continue;
    const isKept = earlier(character) === character;
    const isFolded = foldText(character) !== character;
    if (isKept && isFolded !== unfolded.test(character)) differing.push(point.toString(16));
    if (unfolded.test(foldText(character))) differing.push(`${point.toString(16)} again`);
  }
  expect(differing).toEqual([]);
});
