import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import fastifyApollo from '@as-integrations/fastify';
import DataLoader from 'dataloader';
import Fastify from 'fastify';
import { parse } from 'graphql';

interface User {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}
interface Context {
  readonly users: DataLoader<string, User | undefined>;
}

/** The floor of `_entities`: a subgraph that finds its users in memory, one batch per request. */
const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { serverName: String }
  type User @key(fields: "id") { id: ID! firstName: String lastName: String }
`);
const stored = new Map<string, User>();

/** Any id is that of a user: the ids belong to the database of the service that is measured next to this one. */
function find(id: string): User {
  const user = stored.get(id) ?? { id, firstName: null, lastName: null };
  stored.set(id, user);
  return user;
}

const resolveReference = async ({ id }: { id: string }, { users }: Context): Promise<User | undefined> =>
  users.load(id);
const schema = buildSubgraphSchema([{ typeDefs, resolvers: { User: { __resolveReference: resolveReference } } }]);
const apollo = new ApolloServer<Context>({ schema });
await apollo.start();
const app = Fastify();
const context = async (): Promise<Context> =>
  Promise.resolve({ users: new DataLoader(async (ids: readonly string[]) => Promise.resolve(ids.map(find))) });
await app.register(fastifyApollo(apollo), { context });
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => {
  process.exit();
});
