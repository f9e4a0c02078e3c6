const FORM = 'write postgresql://user:password@host:5432/database';

const MISPLACED = 'has a fragment, or a password with "/", "?" or "#" in it; write them as %2F, %3F and %23';

/** Matches a comma between host names. */
const SEVERAL_HOSTS = /^[a-z]+:\/\/(?:[^/?#]*@)?[^/?#@]*,[^/?#@]*(?:[/?#]|$)/i;

/** What `decodeURI`, which the driver uses, leaves as it is. */
const UNDECODED = /%(2[346bcf]|3[abdf]|40)/i;
/** Parameters that name another server or database. */
const OTHER_ADDRESSES = ['db', 'dbname', 'hostaddr', 'service'];
/** Parameters that the driver reads. */
const READ = [
  ...['user', 'password', 'host', 'port', 'client_encoding', 'options'],
  ...['application_name', 'fallback_application_name', 'uselibpqcompat'],
  ...['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation'],
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'],
];
/** Parameters that the driver reads in the address of a socket only. */
const READ_FOR_SOCKET = ['db', 'encoding'];
/** Parameters of libpq that providers write, and that nothing depends on. The two of `ENCRYPTING` are checked further. */
const WITHOUT_EFFECT = [
  ...['channel_binding', 'gssencmode', 'connect_timeout', 'tcp_user_timeout', 'sslsni', 'sslcompression'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count'],
  ...['target_session_attrs', 'load_balance_hosts'],
];
/** Parameters that may require an encryption which the driver lacks. */
const ENCRYPTING = ['channel_binding', 'gssencmode'];
const TLS = 'write sslmode=verify-full for TLS';

/** Placeholder for a missing host: `?host=` can name the folder of a socket instead. */
const NO_HOST = 'socket.invalid';

/**
 * What is wrong with a database address and what to write instead; `undefined` if it is valid. Accepts what the driver
 * accepts, and rejects what it would silently ignore.
 */
export function problemOfDatabaseUrl(text: string): string | undefined {
  const url = parse(text);
  if (SEVERAL_HOSTS.test(text) || url?.searchParams.get('host')?.includes(','))
    return 'names several hosts; write one, such as that of a load balancer or of the primary';
  if (!url || !/^(postgres(ql)?|socket):$/.test(url.protocol)) return `must be a PostgreSQL address; ${FORM}`;
  if (url.pathname.includes('@') || url.hash !== '' || [...url.searchParams.keys()].some((name) => name.includes('@')))
    return MISPLACED;
  const database = url.protocol === 'socket:' ? (url.searchParams.get('db') ?? '') : url.pathname.slice(1);
  if (database === '') return `names no database; ${FORM}`;
  const [undecoded] = (url.protocol === 'socket:' ? null : UNDECODED.exec(database)) ?? [];
  if (undecoded !== undefined)
    return `names a database with ${undecoded} in its name, which the driver does not decode; write the character itself, or rename the database`;
  return problemOfParameters(url);
}

function problemOfParameters({ protocol, search, searchParams }: URL): string | undefined {
  const known = [...READ, ...WITHOUT_EFFECT, ...(protocol === 'socket:' ? READ_FOR_SOCKET : [])];
  const ignored = [...searchParams.keys()].find((name) => !known.includes(name));
  // It may be a part of a password.
  if (ignored !== undefined && search.includes('@')) return MISPLACED;
  if (ignored === 'schema')
    return 'has the parameter "schema", which PostgreSQL does not know; write options=-c%20search_path%3Dname instead, or set the search_path of the role';
  if (ignored !== undefined)
    return `has the parameter "${ignored}", which the driver ignores; ${insteadOf(ignored, hasTls(searchParams))}`;
  const required = ENCRYPTING.find((name) => searchParams.get(name) === 'require');
  return required === undefined || hasTls(searchParams)
    ? undefined
    : `has ${required}=require, which needs TLS; ${TLS}`;
}

/** Whether the driver uses TLS. It overlooks parameters without a value. */
function hasTls(parameters: URLSearchParams): boolean {
  const mode = parameters.get('sslmode');
  if (mode) return mode !== 'disable';
  const isOn = ['ssl', 'sslnegotiation'].some((name) => /^(true|1|no-verify|direct)$/.test(parameters.get(name) ?? ''));
  return isOn || ['sslcert', 'sslkey', 'sslrootcert'].some((name) => parameters.get(name));
}

/** What to write instead of a parameter that the driver does not read. */
function insteadOf(name: string, isEncrypted: boolean): string {
  if (OTHER_ADDRESSES.includes(name)) return FORM;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  const meant = READ.find((known) => plain(known) === plain(name));
  if (meant !== undefined) return `write ${meant}`;
  return /ssl|tls|encrypt|auth/i.test(name) && !isEncrypted ? TLS : 'remove it';
}

function parse(text: string): URL | undefined {
  const complete = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/i, `$1${NO_HOST}`);
  return URL.canParse(complete) ? new URL(complete) : undefined;
}
