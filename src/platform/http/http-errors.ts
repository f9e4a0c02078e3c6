import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { missingPrivilege, nameOf } from '../error-codes.js';
import { framesOf } from '../logger.js';
import { newErrorId } from '../random.js';
import { isDatabaseUnavailable, RETRY_AFTER_SECONDS, UNAVAILABLE_MESSAGE } from '../database/unavailable-error.js';

/** The HTTP request is invalid; the message does not quote the request. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly statusCode: 400 | 404 | 405 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

/** Replacements for the messages of the parsers, which quote the request: it may contain a password. */
const MESSAGES: ReadonlyMap<number | string, string> = new Map<number | string, string>([
  ['FST_ERR_BAD_URL', 'The address of the request is not a valid URL.'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'The request body is not as long as its Content-Length says.'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'The request did not arrive in time.'],
  ['HPE_HEADER_OVERFLOW', 'The request headers are too large.'],
  [413, 'The request body is too large.'],
  [415, 'The request body must be application/json.'],
]);

/** Responds in the format of a GraphQL error; unexpected errors are logged and masked. */
export function answerHttpError(error: FastifyError | HttpError, request: FastifyRequest, reply: FastifyReply): void {
  // A route that serves files may already have set another type, and a header that lets caches keep the response.
  void reply.type('application/json').header('cache-control', 'no-store');
  if (isDatabaseUnavailable(error)) {
    void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    void reply.send(errorBody(UNAVAILABLE_MESSAGE, 'SERVICE_UNAVAILABLE'));
    return;
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const known = MESSAGES.get('code' in error ? error.code : status) ?? MESSAGES.get(status);
    const message = error instanceof HttpError ? error.message : known;
    void reply.code(status).send(errorBody(message ?? 'The request is not valid.', 'BAD_REQUEST'));
    return;
  }
  const errorId = newErrorId();
  request.log.error({ errorId, ...describeUnexpected(error) }, 'unexpected error');
  void reply.code(status).send(errorBody('Internal server error', 'INTERNAL_SERVER_ERROR', errorId));
}

/** What is logged of an unexpected error: not the message, which may quote values, unless a privilege is missing. */
export function describeUnexpected(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  return { error: nameOf(error), code, ...missingPrivilege(error), frames: framesOf(error) };
}

/** A connection as Node.js extends it while a response is being sent. */
interface Answering {
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

/** Responds on the raw connection to input that is not HTTP, and closes it. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket & Answering): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // The head of the request may already have been rejected.
  if (socket._httpMessage?.headersSent) {
    socket.destroySoon();
    return;
  }
  const status = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }[error.code ?? ''] ?? 400;
  answerRaw(socket, status, MESSAGES.get(error.code ?? '') ?? 'The request is not valid HTTP.');
}

/** Responds to clients that use the service as a proxy; Node.js would only close the connection. */
export function refuseTunnel(_request: unknown, socket: Socket): void {
  answerRaw(socket, 405, 'The service is not a proxy.');
}

function answerRaw(socket: Socket, status: number, message: string): void {
  const body = JSON.stringify(errorBody(message, 'BAD_REQUEST'));
  const headers = `content-type: application/json\r\ncontent-length: ${String(body.length)}\r\nconnection: close`;
  socket.write(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${headers}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** The format of a GraphQL error. */
export function errorBody(message: string, code: string, errorId?: string): object {
  return { errors: [{ message, extensions: { code, ...(errorId !== undefined && { errorId }) } }] };
}
