import { describe, expect, test } from '@jest/globals';
import { problemOfDatabaseUrl } from '../../src/platform/database/database-url.js';

describe('the address of a database', () => {
  test.each([
    'postgresql://user:password@host:5432/auth',
    'postgres://host/auth',
    'postgresql://user:pass,word@host/auth',
    'postgresql://user:p%40ss@[::1]:5432/auth?sslmode=verify-full',
    'postgresql://user:password@/auth?host=/var/run/postgresql',
    'postgresql:///auth?host=/var/run/postgresql',
    'postgresql://user@%2Fvar%2Frun%2Fpostgresql/auth',
    'socket://user:password@/var/run/postgresql?db=auth',
    'postgresql://host/auth?options=-c%20search_path%3Dapp,public',
    'postgresql://host/Da%20ta%25%C3%BC',
    'postgresql://host/auth?sslmode=require&channel_binding=require&target_session_attrs=read-write',
    'postgresql://host/auth?gssencmode=disable&connect_timeout=10&keepalives=1&application_name=auth',
    'postgresql://host/auth?uselibpqcompat=true&sslmode=require&sslrootcert=ca.pem&sslcert=a.pem&sslkey=a.key',
    'postgresql://host/auth?application_name=auth@host',
    'postgresql://host/auth?ssl=true&channel_binding=require',
    'postgresql://host/auth?sslrootcert=ca.pem&channel_binding=require',
    'socket://user@/var/run/postgresql?db=auth&encoding=utf8',
  ])('may be %s', (url) => {
    expect(problemOfDatabaseUrl(url)).toBeUndefined();
  });

  test.each([
    ['mysql://host/auth', /must be a PostgreSQL address; write/],
    ['host=localhost dbname=auth', /must be a PostgreSQL address; write/],
    ['auth', /must be a PostgreSQL address; write/],
    ['postgresql://host', /names no database; write/],
    ['postgresql://user@/?host=/var/run/postgresql', /names no database; write/],
    ['socket://user@/var/run/postgresql', /names no database; write/],
    ['postgresql://one,two/auth', /names several hosts; write/],
    ['postgresql://user:password@one:5432,two:5433/auth', /names several hosts; write/],
    ['postgresql:///auth?host=one,two', /names several hosts; write/],
    ['postgresql://user:12/secret@host/auth', /password with "\/".*write them as %2F/],
    ['postgresql://host/auth?dbname=other', /"dbname", which the driver ignores; write/],
    ['postgresql://host/auth?hostaddr=10.0.0.1', /"hostaddr", which the driver ignores; write/],
    ['postgresql://host/auth?service=auth', /"service", which the driver ignores; write/],
    ['postgresql://host/a%2Fb', /with %2F in its name, which the driver does not decode; write the/],
    ['postgresql://host/a%26b', /with %26 in its name, which the driver does not decode; write the/],
    ['postgresql://host/auth?schema=app', /"schema", which PostgreSQL does not know; write/],
    ['postgresql://host/auth?ssl-mode=require', /"ssl-mode", which the driver ignores; write sslmode$/],
    ['postgresql://host/auth?sslMode=verify-full', /"sslMode", which the driver ignores; write sslmode$/],
    ['postgresql://host/auth?SSLMODE=require', /"SSLMODE", which the driver ignores; write sslmode$/],
    ['postgresql://host/auth?ssl_root_cert=ca.pem', /"ssl_root_cert", which the driver ignores; write sslrootcert$/],
    ['postgresql://host/auth?tls=true', /"tls", which the driver ignores; write sslmode=verify-full for TLS$/],
    ['postgresql://host/auth?requiressl=1', /"requiressl", .*; write sslmode=verify-full for TLS$/],
    ['postgresql://host/auth?require_auth=scram-sha-256', /"require_auth", .*; write sslmode=verify-full for TLS$/],
    ['postgresql://host/auth?sslmode=verify-full&sslcrl=crl.pem', /"sslcrl", which the driver ignores; remove it$/],
    ['postgresql://host/auth?pgbouncer=true', /"pgbouncer", which the driver ignores; remove it$/],
    ['postgresql://host/auth?Options=-c%20a%3Db', /"Options", which the driver ignores; write options$/],
    ['socket://user@/var/run/postgresql?db=auth&max=5', /"max", which the driver ignores; remove it$/],
    ['postgresql://host/auth?db=other', /"db", which the driver ignores; write postgresql:/],
    ['postgresql://host/auth?encoding=utf8', /"encoding", which the driver ignores; remove it$/],
    [
      'postgresql://host/auth?sslmode=&channel_binding=require',
      /channel_binding=require, which needs TLS; write sslmode=/,
    ],
    [
      'postgresql://host/auth?ssl=0&channel_binding=require',
      /channel_binding=require, which needs TLS; write sslmode=/,
    ],
    ['postgresql://host/auth?channel_binding=require', /channel_binding=require, which needs TLS; write sslmode=/],
    ['postgresql://host/auth?sslmode=disable&gssencmode=require', /gssencmode=require, which needs TLS; write/],
    ['postgresql://user:12/1?se=cret@host/auth', /password with "\/".*write them as %2F/],
  ])('may not be %s', (url, problem) => {
    expect(problemOfDatabaseUrl(url)).toMatch(problem);
  });
});
