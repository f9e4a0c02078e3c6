import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import Fastify from 'fastify';

/** The baselines for the operations: Fastify with a constant response, and Apollo Server with one plain field. */
const app = Fastify();
app.post('/constant', () => ({ data: { me: { id: '1', email: 'ada@example.com' } } }));
const apollo = new ApolloServer({
  typeDefs: 'type Query { me: Me } type Me { id: ID email: String }',
  resolvers: { Query: { me: () => ({ id: '1', email: 'ada@example.com' }) } },
});
await apollo.start();
await app.register(fastifyApollo(apollo));
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => {
  process.exit();
});
