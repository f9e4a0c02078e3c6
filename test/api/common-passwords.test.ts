import { beforeAll, describe, expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** Among the most frequent of public leaks, as SecLists has them. */
const LEAKED = `
  123456789 12345678 1234567890 987654321 87654321 11111111 00000000 88888888 aaaaaaaa 12341234 11223344 12344321
  123123123 147258369 789456123 1029384756 password password1 password12 password123 passw0rd p@ssw0rd Password1
  P@ssw0rd! qwerty123 qwerty12 qwerty1234 qwertyuiop asdfghjkl zxcvbnm1 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx zaq12wsx
  qazwsxedc 1g2w3e4r gwerty123 zag12wsx a1b2c3d4 abcd1234 abcdefgh abc12345 iloveyou iloveyou1 sunshine princess
  football football1 baseball baseball1 superman superman1 starwars trustno1 letmein1 dragon12 monkey12 michelle
  jennifer computer internet whatever liverpool chocolate butterfly babygirl welcome1 admin123 changeme linkedin
  111222tianya dearbook j38ifUbn FQRG7CS493 VQsaBLPzLa 1v7Upjw3nT`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ mail: { productName: 'Acme Cloud' }, jwt: { issuer: 'https://id.globex.example' } });
});

/** The rules that a password breaks; none when it registers. */
async function violationsOf(password: string, on = app, email = newEmail()): Promise<string[]> {
  const { __typename, violations } = await on.mutate('register', { email, password });
  return __typename === 'LoginSuccess' ? [] : (violations ?? [__typename]);
}

async function expectCommon(passwords: readonly string[]): Promise<void> {
  const letIn: string[] = [];
  for (const password of passwords)
    if (!(await violationsOf(password)).includes('COMMON_PASSWORD')) letIn.push(password);
  expect(letIn).toEqual([]);
}

describe('a new password is rejected', () => {
  test('if it is among the most frequent in public leaks', async () => {
    await expectCommon(LEAKED.trim().split(/\s+/));
  });

  test.each([
    ['changes the case or letters of a common one', ['PASSWORD', 'sUnShInE', 'f00tball', 'pr1ncess', 'Tru$tno1']],
    ['adds a few characters to a common one', ['sunshine1', 'Football99', 'michael123', 'Summer2024', 'dragon1990']],
    ['is a common one backwards, or twice', ['drowssap', 'passwordpassword', 'monkeymonkey']],
    ['repeats itself', ['abcabcabc', 'xyxyxyxyxy', '!!!!!!!!!!', 'a'.repeat(32), 'x9$'.repeat(5), '😀'.repeat(8)]],
    [
      'repeats itself, however long it is',
      [
        ...[
          'a'.repeat(33),
          'a'.repeat(72),
          'abc'.repeat(20),
          'password'.repeat(9),
          'qwertyuiop'.repeat(4),
          '12'.repeat(30),
        ],
        ...['passwordpasswordpasswordpassw', 'password'.repeat(4) + 'pass', 'Ab-1 '.repeat(10)],
      ],
    ],
    ['counts up or down', ['abcdefghij', 'zyxwvuts', '9876543210', '23456789']],
    ['walks over the keyboard', ['qwertyuiop[]', 'poiuytrewq', '1qaz2wsx3edc', 'asdfasdf', 'zxcvbnm,./', 'qweasdzxc']],
    [
      'walks over a keyboard of another layout',
      [
        ...['йцукенгш', 'йцукенгшщзхъ', 'фывапролдж', 'ячсмитьбю', 'йцукенгшщзхї', 'ЙЦУКЕНГШ', '1й2ц3у4к'],
        ...['ςερτυθιοπ', 'ασδφγηξκλ', 'ضصثقفغعه', 'שדגכעיחלך', 'ㅂㅈㄷㄱ쇼ㅕㅑㅐㅔ'],
      ],
    ],
    [
      'is a common one of another script, or typed with its keys',
      ['пароль12', 'Пароль123', 'привет123', 'любовь123', 'κωδικός1', '密码123456', '비밀번호1234', 'パスワード123'],
    ],
    [
      'repeats a part in any script',
      ['парольпароль', 'любовьлюбовь', 'Привітпривіт', 'コードコードコード', 'зю9 зю9 зю9'],
    ],
    [
      'is a common one in full width',
      ['ｐａｓｓｗｏｒｄ', 'ｐａｓｓｗｏｒｄ１', 'ｑｗｅｒｔｙｕｉ', '１ｑ２ｗ３ｅ４ｒ'],
    ],
    ['is a name of these years', ['toor1234', 'iphone123', 'fortnite1']],
    ['is a date', ['01011990', '19900101', '1990-01-01']],
    [
      'is the name of the product or of the issuer',
      [
        ...['acmecloud', 'Acme Cloud', 'acme1234', 'globex123', 'Gl0bex99'],
        ...['acmecloud1', 'acmecloud123', 'AcmeCloud2026', 'Acme-Cloud-2026', 'acme-cloud', 'Acme Cloud 2026'],
      ],
    ],
  ])('if it %s', async (_kind, passwords) => {
    await expectCommon(passwords);
  });
});

test('a new password must not be the domain of the address', async () => {
  for (const password of ['initech.example', 'initech123', 'Initech-2026'])
    expect(await violationsOf(password, app, 'ada@mail.initech.example')).toContain('COMMON_PASSWORD');
});

test('a long name counts as a word of the service, too', async () => {
  const bank = await createTestApp({ mail: { productName: 'Contoso International Banking Services' } });
  for (const password of ['Contoso International Banking Services', 'contosointernationalbankingservices'])
    expect(await violationsOf(password, bank)).toEqual(['COMMON_PASSWORD']);
});

describe('a new password is accepted', () => {
  test.each([
    'correct horse battery staple',
    'the quick brown fox jumps',
    'my acme cloud pass phrase',
    'all lower case and no digit at all',
    'ein langer Satz über Größe',
    'パスワードは長い方が良いです',
    'Я люблю гулять в парке',
    'крокодил гена',
    'слон-ёж-42',
    'Η γάτα κοιμάται πολύ',
    'אני אוהב לשתות קפה',
    'أحب القهوة في الصباح',
    '나는 매일 커피를 마신다',
    '吾輩は猫である名前はまだない',
    '7 wet otters',
    'kx8vq2mz',
    'hduwnaqp',
    '58203917461',
    `${'never refuse what is long because it is plain '.slice(0, 46)}, please do not`,
  ])('such as %j, whatever characters it contains', async (password) => {
    expect(await violationsOf(password)).toEqual([]);
  });

  test('if it is common but common ones are allowed', async () => {
    const lenient = await createTestApp({ password: { saltRounds: 4, refuseCommon: false } });
    for (const password of ['password1', 'aaaaaaaa']) expect(await violationsOf(password, lenient)).toEqual([]);
  });
});
