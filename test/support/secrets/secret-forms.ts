/** Shorter forms, such as the missing signature of a forged JWT, occur by chance. */
const MIN_BYTES = 10;
/** Of a random token, a part is a leak too. Other secrets may begin like ordinary text. */
const RANDOM_PREFIX_LENGTH = 24;
const MAX_LENGTH = 200;

/**
 * The forms in which a secret could be stored or logged: as it is, within JSON, in a URL, in hex, in base64, and decoded.
 * The first two parts of a JWT say who and when, which is no secret, so only its signature counts.
 */
export function formsOf(secret: string): string[] {
  const forms = new Set(piecesOf(secret).flatMap(formsOfPiece));
  return [...forms].filter((form) => Buffer.byteLength(form) >= MIN_BYTES);
}

function piecesOf(secret: string): string[] {
  const parts = secret.split('.');
  if (parts.length === 3 && secret.startsWith('ey')) return parts.slice(2);
  // The handle and the secret of a refresh token or a key of a service account.
  const [, handle, random] = /^(?:ask_)?([\w-]{22})\.([\w-]{43})\w{0,6}$/.exec(secret) ?? [];
  return handle !== undefined && random !== undefined ? [handle, random] : [secret];
}

function formsOfPiece(piece: string): string[] {
  const random = isBase64(piece);
  const forms = random ? [...textForms(piece), ...decodedForms(piece)] : textForms(piece);
  return forms.map((form) => form.slice(0, random ? RANDOM_PREFIX_LENGTH : MAX_LENGTH));
}

function textForms(piece: string): string[] {
  const json = JSON.stringify(piece).slice(1, -1);
  const bytes = Buffer.from(piece);
  return [
    piece,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(piece.toWellFormed()),
    bytes.toString('hex'),
    ...base64Forms(bytes),
  ];
}

/** Whether the text is the base64url form of at least 128 bits, as random tokens are. */
function isBase64(piece: string): boolean {
  const decoded = Buffer.from(piece, 'base64url');
  return decoded.length >= 16 && decoded.toString('base64url') === piece;
}

function decodedForms(piece: string): string[] {
  const decoded = Buffer.from(piece, 'base64url');
  return [decoded.toString('hex'), decoded.toString('base64').replaceAll('=', '')];
}

/** Base64 depends on where a text begins within what is encoded, so there are three forms, without the shared ends. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]);
    const start = before === 0 ? 0 : before + 1;
    const end = Math.floor((encoded.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((form) => encoded.toString(form).slice(start, end));
  });
}
