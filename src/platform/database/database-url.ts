const FORM = 'write postgresql://user:password@host:5432/database';

/** Matches a comma between host names. */
const SEVERAL_HOSTS = /^[a-z]+:\/\/(?:[^/?#]*@)?[^/?#@]*,[^/?#@]*(?:[/?#]|$)/i;

/** What `decodeURI`, which the driver uses, leaves as it is. */
const UNDECODED = /%(2[346bcf]|3[abdf]|40)/i;
/** Parameters of libpq that name another server or database. */
const OTHER_ADDRESSES = ['dbname', 'hostaddr', 'service'];

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
    return 'has a fragment, or a password with "/", "?" or "#" in it; write them as %2F, %3F and %23';
  const database = url.protocol === 'socket:' ? (url.searchParams.get('db') ?? '') : url.pathname.slice(1);
  if (database === '') return `names no database; ${FORM}`;
  const [undecoded] = (url.protocol === 'socket:' ? null : UNDECODED.exec(database)) ?? [];
  if (undecoded !== undefined)
    return `names a database with ${undecoded} in its name, which the driver does not decode; write the character itself, or rename the database`;
  const other = OTHER_ADDRESSES.find((name) => url.searchParams.has(name));
  if (other !== undefined) return `has the parameter "${other}", which the driver ignores; ${FORM}`;
  if (url.searchParams.has('schema'))
    return 'has the parameter "schema", which PostgreSQL does not know; write options=-c%20search_path%3Dname instead, or set the search_path of the role';
  return undefined;
}

function parse(text: string): URL | undefined {
  const complete = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/i, `$1${NO_HOST}`);
  return URL.canParse(complete) ? new URL(complete) : undefined;
}
