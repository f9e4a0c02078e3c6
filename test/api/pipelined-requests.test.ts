import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createTestApp } from '../support/test-app.js';

const QUERY = '{"query":"{ __typename }"}';
const REQUEST = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(QUERY.length)}\r\n\r\n${QUERY}`;
const ANSWER = '{"data":{"__typename":"Query"}}';

test('requests that a connection sends at once are all answered, although they are read while the server closes', async () => {
  const { server } = await createTestApp();
  await server.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(REQUEST);
  await once(socket, 'data');
  const closed = server.close();
  socket.write(REQUEST.repeat(5));
  await once(socket, 'end');
  socket.end();
  await closed;
  expect(text.split(ANSWER)).toHaveLength(7);
  expect(text.match(/^connection: close/gim)).toHaveLength(1);
});
