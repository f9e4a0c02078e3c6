import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The floor of every server: Node's HTTP server with a constant response. It reads the request, as every server does. */
const BODY = JSON.stringify({ data: { me: { id: '1', email: 'ada@example.com' } } });
const HEADERS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, HEADERS).end(BODY);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
process.on('SIGTERM', () => {
  process.exit();
});
