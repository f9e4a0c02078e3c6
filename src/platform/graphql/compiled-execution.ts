import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';

/** Longer documents are not compiled: each takes memory and time, and few clients send such. */
const MAX_CHARACTERS = 4_000;

type Run = CompiledQuery['query'];
type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

interface Known {
  uses: number;
  /** Undefined before the document has been used often enough; null if it cannot be compiled. */
  run?: Run | null;
}

/**
 * Compiles documents that are used again into functions, and runs these instead of interpreting the documents. Validation
 * and resolvers stay the same. Only for servers without plugins that observe the execution, whose hooks are not called.
 * @param afterUses how often a document is interpreted first
 */
export function compiledExecution(formatError: FormatError, afterUses: number): ApolloServerPlugin {
  // The document store limits how many there are.
  const documents = new WeakMap<DocumentNode, Known>();
  const runOf = async ({ document, schema: current }: Resolved): Promise<Run | null> => {
    const known = documents.get(document) ?? { uses: 0 };
    documents.set(document, known);
    known.uses += 1;
    if (known.uses <= afterUses) return null;
    return (known.run ??= await compile(current, document));
  };
  const listener = {
    async responseForOperation(request: GraphQLRequestContext<BaseContext>) {
      const resolved = request as Resolved;
      // No operation has the requested name.
      if (!resolved.operation) return null;
      const run = await runOf(resolved);
      if (!run) return null;
      const { data, errors } = (await run(
        undefined,
        resolved.contextValue,
        resolved.request.variables ?? {},
      )) as ExecutionResult;
      // Nothing was executed, and graphql-js words the problem better.
      if (data === undefined) return null;
      const formatted = errors?.map((error) => format(error, formatError));
      const singleResult = { data, ...(formatted && { errors: formatted }) };
      return { http: resolved.response.http, body: { kind: 'single' as const, singleResult } };
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

type Resolved = GraphQLRequestContext<BaseContext> & { readonly document: DocumentNode };

/** A document with several operations is left out, because its function would be that of one of them. */
async function compile(schema: GraphQLSchema, document: DocumentNode): Promise<Run | null> {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const { length } = document.loc?.source.body ?? { length: Number.POSITIVE_INFINITY };
  if (operations.length !== 1 || length > MAX_CHARACTERS) return null;
  // Loaded here, because no document is compiled at its first use.
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  const compiled = compileQuery(schema, document);
  return isCompiledQuery(compiled) ? compiled.query : null;
}

/** Apollo Server formats errors like this after interpreting an operation. */
function format(
  { locations, message, originalError, path }: GraphQLError,
  formatError: FormatError,
): GraphQLFormattedError {
  const error = new GraphQLError(message, { path: path ?? null, originalError: originalError ?? null });
  const extensions = { code: 'INTERNAL_SERVER_ERROR', ...error.extensions };
  return formatError({ message, ...(locations && { locations }), ...(path && { path }), extensions }, error);
}
