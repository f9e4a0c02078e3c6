import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import Fastify from 'fastify';

/** The floor of a GraphQL service: Apollo Server on Fastify with one plain field, without tokens and a database. */
const apollo = new ApolloServer({
  typeDefs: 'type Query { me: Me } type Me { id: ID email: String }',
  resolvers: { Query: { me: () => ({ id: '1', email: 'ada@example.com' }) } },
});
await apollo.start();
const app = Fastify();
await app.register(fastifyApollo(apollo));
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => {
  process.exit();
});
