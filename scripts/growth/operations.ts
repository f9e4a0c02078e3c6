import { randomInt } from 'node:crypto';
import type { Exchange } from '../bench/load/drive.js';
import { succeeded } from '../bench/load/requests.js';
import { inRing } from '../bench/load/ring.js';
import { PASSWORD } from '../bench/operations/exchanges.js';
import { countIds, entities, login, me, refresh, refreshTokenIn } from '../bench/operations/graphql.js';
import type { Person } from './people.js';
import { accessTokenOf } from './service.js';
import { Turns } from './turns.js';

export interface Operation {
  readonly name: string;
  readonly clients: number;
  readonly exchange: Exchange;
}

const REPRESENTATIONS = 50;
/** The same for every database, because the service remembers the tokens that it has verified. */
const ACCESS_TOKENS = 20_000;

const idOf = ({ userId }: Pick<Person, 'userId'>): string => `"id":"${userId}"`;

/** What the service is asked on behalf of generated people, who take turns so that no row is asked for again soon. */
export function operationsOf(people: readonly Person[]): Operation[] {
  return [meOf(people), refreshOf(people), loginOf(people), entitiesOf(people)];
}

function meOf(people: readonly Person[]): Operation {
  const callers = Array.from({ length: ACCESS_TOKENS }, (_value, index) => {
    const person = inRing(people, index);
    return { request: me(accessTokenOf(person)), expected: idOf(person) };
  });
  const clients = 50;
  const turns = new Turns(callers, clients);
  const exchange: Exchange = {
    request: (client) => turns.next(client).request,
    accepts: (reply, client) => succeeded(reply, turns.current(client).expected),
  };
  return { name: 'me', clients, exchange };
}

export function refreshOf(people: readonly Person[], maxClients = 8): Operation {
  const clients = Math.min(maxClients, people.length);
  const turns = new Turns(people, clients);
  const exchange: Exchange = {
    request: (client) => refresh(turns.next(client).refreshToken),
    accepts: (reply, client) => {
      const person = turns.current(client);
      const token = refreshTokenIn(reply);
      if (token !== undefined) person.refreshToken = token;
      return succeeded(reply, idOf(person)) && token !== undefined;
    },
  };
  return { name: 'refresh', clients, exchange };
}

/** Every second refresh returns what the previous one returned, within the grace period. */
export function repeatedRefreshOf(people: readonly Person[]): Operation {
  const turns = new Turns(
    people.flatMap((person) => [person, person].map(({ userId, refreshToken }) => ({ userId, refreshToken }))),
    1,
  );
  const exchange: Exchange = {
    request: (client) => refresh(turns.next(client).refreshToken),
    accepts: (reply, client) => succeeded(reply, idOf(turns.current(client))),
  };
  return { name: 'refresh, repeated', clients: 1, exchange };
}

/** Sign-ins from a device that the user has used before. */
export function loginOf(people: readonly Person[]): Operation {
  const clients = 8;
  const turns = new Turns(people, clients);
  const exchange: Exchange = {
    request: (client) => {
      const { email, deviceToken } = turns.next(client);
      return login({ email, password: PASSWORD, deviceToken });
    },
    accepts: (reply, client) => succeeded(reply, idOf(turns.current(client))),
  };
  return { name: 'login', clients, exchange };
}

function entitiesOf(people: readonly Person[]): Operation {
  const exchange: Exchange = {
    request: () => {
      const first = randomInt(people.length);
      return entities(Array.from({ length: REPRESENTATIONS }, (_value, index) => inRing(people, first + index).userId));
    },
    accepts: (reply) => succeeded(reply, '"id":') && countIds(reply) === REPRESENTATIONS,
  };
  return { name: '_entities', clients: 20, exchange };
}
