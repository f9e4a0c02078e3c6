import Fastify from 'fastify';

/** The floor of a Fastify service: it parses the request and sends a constant. */
const app = Fastify();
app.post('/graphql', () => ({ data: { me: { id: '1', email: 'ada@example.com' } } }));
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => {
  process.exit();
});
