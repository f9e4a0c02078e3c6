import {
  ATTACKERS,
  b64,
  CLAIMS,
  derSignature,
  FAMILIES,
  FORGES,
  hmac,
  IAT,
  json,
  PUBLIC_KEYS,
  SESSION,
  USER,
  type Family,
  type Forge,
} from './token-forge.js';

type Row = readonly [name: string, forged: unknown];

const NOBODY = 'https://keys.example.com/jwks.json';

/** Inputs that are not tokens, or not the one canonical text for their value. */
function textRows({ token, header, signed }: Forge): Row[] {
  const [headerPart = '', payloadPart = '', signaturePart = ''] = token.split('.');
  return [
    ['nothing', ''],
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['an object', { token }],
    ['an array', [token]],
    ['a String object', new String(token)],
    ['two dots', '..'],
    ['one segment', headerPart],
    ['two segments', `${headerPart}.${payloadPart}`],
    ['a fourth segment', `${token}.`],
    ['a JWE of five segments', `${headerPart}.${payloadPart}.${signaturePart}.${signaturePart}.${signaturePart}`],
    ['a JSON serialisation', json({ protected: headerPart, payload: payloadPart, signature: signaturePart })],
    ['a megabyte', `${headerPart}.${'A'.repeat(1_000_000)}.${signaturePart}`],
    ['a megabyte of dots', '.'.repeat(1_000_000)],
    ['a token just over the limit', signed(json(header), json({ ...CLAIMS, pad: 'x'.repeat(3500) }))],
    ['white space before it', ` ${token}`],
    ['a line break after it', `${token}\n`],
    ['a NUL after it', `${token}\u0000`],
    ['padding', `${token}=`],
    ['the alphabet of base64', token.replace(/[-_]/g, '+')],
  ];
}

/** Our header and claims, with a signature that does not match. */
function signatureRows({ family, token, header }: Forge): Row[] {
  const input = token.slice(0, token.lastIndexOf('.'));
  const nextCharacter = String.fromCharCode(token.charCodeAt(token.length - 1) + 1);
  return [
    ['a stripped signature', `${input}.`],
    ['a psychic signature, of zeros', `${input}.${b64(Buffer.alloc(64))}`],
    ['a signature of one byte', `${input}.AA`],
    ['trailing bits in the signature', token.slice(0, -1) + nextCharacter],
    ['a truncated signature', token.slice(0, -4)],
    ['a signature that goes on', `${token}AAAA`],
    ['the signature of an empty secret', `${input}.${b64(hmac(input, ''))}`],
    ['the signature of another key', ATTACKERS[family].withHeader(header)],
  ];
}

/** Headers with a valid signature by the key that their `kid` names. */
function headerRows({ header, signed, withHeader, token }: Forge): Row[] {
  const { alg, kid } = header;
  const [, payloadPart = ''] = token.split('.');
  const inHeader = (name: string, values: unknown[]): Row[] =>
    values.map((value) => [`${name} ${json(value)}`, withHeader({ [name]: value })]);
  const others = ['HS256', 'HS384', 'HS512', 'RS256', 'RS512', 'PS256', 'ES256', 'EdDSA', alg.toLowerCase()];
  const unsigned = ['none', 'None', 'NONE', 'nOnE', 'none ', ''];
  return [
    ...unsigned.map((name): Row => [
      `alg ${json(name)} unsigned`,
      `${b64(json({ ...header, alg: name }))}.${payloadPart}.`,
    ]),
    ...inHeader('alg', [...unsigned, ...others.filter((name) => name !== alg), null, 7, [alg], { a: 1 }, true]),
    ...inHeader('typ', ['JWT', 'jwt', 'at+JWT', 'application/at+jwt', 'logout+jwt', '', null, ['at+jwt']]),
    ...inHeader('kid', ['../../../dev/null', "' or 1=1 --", '__proto__', 'constructor', '', 'unknown']),
    ...inHeader('kid', [null, 0, { toString: 'x' }]),
    ['an unknown kid of our kind', withHeader({ kid: ATTACKERS.ec.header.kid })],
    ['a kid in an array', withHeader({ kid: [kid] })],
    ['a kid with a NUL', withHeader({ kid: `${kid}\u0000` })],
    ['a kid with white space', withHeader({ kid: `${kid} ` })],
    ...['alg', 'typ', 'kid'].map((name): Row => [`no ${name}`, withHeader({ [name]: undefined })]),
    ...inHeader('crit', [['exp'], []]),
    ['b64 false', withHeader({ b64: false, crit: ['b64'] })],
    ['b64 true', withHeader({ b64: true })],
    ...inHeader('zip', ['DEF']),
    ...inHeader('enc', ['A128GCM']),
    ...inHeader('cty', ['JWT']),
    ...inHeader('jku', [NOBODY]),
    ...inHeader('x5u', [NOBODY]),
    ...inHeader('x5c', [['MIIB']]),
    ['a duplicate alg', signed(json(header).replace('"alg"', '"alg":"none","alg"'), json(CLAIMS))],
    ['a duplicate kid', signed(json(header).replace('"kid"', '"kid":"unknown","kid"'), json(CLAIMS))],
    ['another order of the header', signed(json({ typ: 'at+jwt', alg, kid }), json(CLAIMS))],
    ['white space in the header', signed(json(header).replace(':', ': '), json(CLAIMS))],
    ['white space after the header', signed(`${json(header)} `, json(CLAIMS))],
    ['a byte order mark', signed(`\ufeff${json(header)}`, json(CLAIMS))],
    ['a header that is an array', signed('[]', json(CLAIMS))],
    ['a header that is no JSON', signed('nonsense', json(CLAIMS))],
  ];
}

/** Tokens that bring their own key and are signed with it; our key, too. */
function embeddedKeyRows({ family, jwk, withHeader }: Forge): Row[] {
  const attacker = ATTACKERS[family];
  const { kid } = FORGES[family].header;
  return [
    ['our key as its jwk', withHeader({ jwk })],
    ['an unknown kid, signed with its key', attacker.token],
    ['a jwk, signed with it', attacker.withHeader({ jwk: attacker.jwk })],
    ['a jwk beside our kid, signed with it', attacker.withHeader({ kid, jwk: attacker.jwk })],
    ['a jku, signed with a key of there', attacker.withHeader({ jku: NOBODY })],
    ['a jku beside our kid, signed with a key of there', attacker.withHeader({ kid, jku: NOBODY })],
    ['an x5u, signed with a key of there', attacker.withHeader({ x5u: NOBODY })],
    ['an x5u beside our kid, signed with a key of there', attacker.withHeader({ kid, x5u: NOBODY })],
  ];
}

/** Claims that are not serialized like ours or incomplete, with a valid signature under a valid header. */
function payloadRows({ header, signed, withClaims, token }: Forge): Row[] {
  const text = (payload: string | Buffer): string => signed(json(header), payload);
  return [
    ['a duplicate sub', text(json(CLAIMS).replace('"sub"', `"sub":"${SESSION}","sub"`))],
    ['white space in the claims', text(json(CLAIMS).replace(':', ': '))],
    ['claims that are a text', text(json('claims'))],
    ['claims that are an array', text(json([CLAIMS]))],
    ['claims that are null', text('null')],
    ['claims that are no JSON', text('nonsense')],
    ['claims that are no UTF-8', text(Buffer.from(json(CLAIMS).replace('jti-1', '\u00ff'), 'latin1'))],
    ['a nested token', text(token)],
    ['exp Infinity', text(json(CLAIMS).replace(String(IAT + 900), '1e999'))],
    ...Object.keys(CLAIMS).map((name): Row => [`no ${name}`, withClaims({ [name]: undefined })]),
  ];
}

/** Claims that we would not have signed. */
function claimRows({ withClaims }: Forge): Row[] {
  const inClaims = (name: string, values: unknown[]): Row[] =>
    values.map((value) => [`${name} ${json(value)}`, withClaims({ [name]: value })]);
  const noIds = [null, 7, '', 'admin', `${USER}\u0000`, `${USER} `, [USER], { id: USER }, '\ud800'];
  return [
    ...inClaims('iss', [null, 'someone-else', ['auth-subgraph'], '']),
    ...inClaims('aud', [null, 'elsewhere', [], ['elsewhere', 'supergraph'], '']),
    ...inClaims('sub', noIds),
    ...inClaims('sid', noIds),
    ...inClaims('jti', [null, 7, '', ['x'], '\u0000', '\ud800']),
    ...inClaims('exp', [null, String(IAT + 900), IAT + 900.5, -1, 1e300, Number.MAX_SAFE_INTEGER + 2, [IAT], {}, true]),
    ...inClaims('iat', [null, String(IAT), IAT + 0.5, [IAT], {}]),
    ...inClaims('scope', [null, 7, '', ' ', ' a', 'a ', 'a  b', 'a\tb', '"', ['a']]),
    ['times before the epoch', withClaims({ iat: -10, exp: -1 })],
    ...inClaims('nbf', [null, String(IAT), IAT + 0.5, -1, [IAT], {}, true, IAT + 61, Number.MAX_SAFE_INTEGER + 2]),
    ['exp before iat', withClaims({ iat: IAT, exp: IAT })],
    ['a lifetime over a day', withClaims({ exp: IAT + 24 * 3600 + 1 })],
  ];
}

/** Tokens between the two kinds: a user has a session and no client, a service account is its own client. */
function kindRows({ withClaims }: Forge): Row[] {
  const service = { sid: undefined, client_id: USER };
  const others = [SESSION, USER.toUpperCase(), '', null, 7, [USER], { id: USER }];
  return [
    ['a user with a client_id of the same', withClaims({ client_id: USER })],
    ['a user with another client_id', withClaims({ client_id: SESSION })],
    ['a service with a session', withClaims({ ...service, sid: SESSION })],
    ['a service with a session that is null', withClaims({ ...service, sid: null })],
    ...others.map((value): Row => [
      `a service with the client_id ${json(value)}`,
      withClaims({ ...service, client_id: value }),
    ]),
    ...['admin', '', null, 7].map((value): Row => [
      `a service with the id ${json(value)}`,
      withClaims({ sid: undefined, sub: value, client_id: value }),
    ]),
    ['a service that signed in', withClaims({ ...service, auth_time: IAT })],
    ['a service with an amr', withClaims({ ...service, amr: ['pwd'] })],
    ['a service with an acr', withClaims({ ...service, acr: '2' })],
  ];
}

/** One kind of key used as another: a public key as a secret, or the key of one algorithm for another. */
function confusionRows(family: Exclude<Family, 'secret'>): Row[] {
  const header = json({ ...FORGES[family].header, alg: 'HS256' });
  const key = PUBLIC_KEYS[family];
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const secrets: Record<string, string | Buffer> = {
    'the public key in PEM': pem,
    'the public key in PEM without its line end': pem.trim(),
    'the public key in DER': key.export({ type: 'spki', format: 'der' }),
    'the public key as a JWK': json(key.export({ format: 'jwk' })),
    ...(family !== 'ec' && { 'the public key in PKCS #1': key.export({ type: 'pkcs1', format: 'pem' }) }),
  };
  const input = `${b64(header)}.${b64(json(CLAIMS))}`;
  return Object.entries(secrets).map(([name, secret]) => [
    `${name} as a secret`,
    `${input}.${b64(hmac(input, secret))}`,
  ]);
}

/** The two algorithms of one RSA key. */
function rsaRows(family: 'rsa' | 'pss'): Row[] {
  const [ours, other] = family === 'rsa' ? [FORGES.rsa, FORGES.pss] : [FORGES.pss, FORGES.rsa];
  return [
    [`a good ${other.header.alg} token of the same key`, other.token],
    [`an ${other.header.alg} signature under our header`, other.withHeader(ours.header)],
    [`our signature under an ${other.header.alg} header`, ours.withHeader(other.header)],
  ];
}

const ecInput = FORGES.ec.token.slice(0, FORGES.ec.token.lastIndexOf('.'));

function rowsOf(family: Family): Row[] {
  const forge = FORGES[family];
  const rows = [signatureRows, headerRows, embeddedKeyRows, payloadRows].flatMap((of) => of(forge));
  // Cases that do not depend on the kind of key are tried with one kind.
  if (family === 'secret') return [...textRows(forge), ...rows, ...claimRows(forge), ...kindRows(forge)];
  if (family === 'ec')
    return [...rows, ...confusionRows(family), ['a signature in DER', `${ecInput}.${b64(derSignature(ecInput))}`]];
  return [...rows, ...confusionRows(family), ...rsaRows(family)];
}

/** Every forgery known from the JOSE literature, and more; each is rejected as invalid. */
export const FORGERIES = FAMILIES.flatMap((family) =>
  rowsOf(family).map(([name, forged]) => ({ family, name, forged })),
);
