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

/** Longer documents are not compiled: few clients send such, and each takes time. */
const MAX_CHARACTERS = 4_000;
/** The total length of compiled documents, in characters. With its function, one takes some hundred bytes per character. */
const MAX_COMPILED_CHARACTERS = 64 * 1024;

type Run = CompiledQuery['query'];
type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
type Resolved = GraphQLRequestContext<BaseContext> & { readonly document: DocumentNode };

/**
 * Compiles documents that are used often into functions, and runs these instead of interpreting the documents. Validation
 * and resolvers stay the same. Only for servers without plugins that observe the execution, whose hooks are not called.
 * @param afterUses how often a document is interpreted first
 */
export function compiledExecution(formatError: FormatError, afterUses: number): ApolloServerPlugin {
  const documents = new CompiledDocuments(afterUses);
  const listener = {
    async responseForOperation(request: GraphQLRequestContext<BaseContext>) {
      const { contextValue, document, operation, request: asked, response, schema } = request as Resolved;
      // No operation has the requested name.
      if (!operation) return null;
      const run = await documents.use(document, schema);
      if (!run) return null;
      const { data, errors } = (await run(undefined, contextValue, asked.variables ?? {})) as ExecutionResult;
      // Nothing was executed. graphql-js runs it again, because its messages are better.
      if (data === undefined) return null;
      const formatted = errors?.map((error) => format(error, formatError));
      const singleResult = { data, ...(formatted && { errors: formatted }) };
      return { http: response.http, body: { kind: 'single' as const, singleResult } };
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

/** The functions of the most recently used documents. */
class CompiledDocuments {
  private readonly uses = new WeakMap<DocumentNode, number>();
  /** Null if the document cannot be compiled. */
  private readonly compiled = new Map<DocumentNode, Run | null>();
  private characters = 0;

  constructor(private readonly afterUses: number) {}

  async use(document: DocumentNode, schema: GraphQLSchema): Promise<Run | null> {
    const known = this.compiled.get(document);
    if (known !== undefined) {
      this.compiled.delete(document);
      this.compiled.set(document, known);
      return known;
    }
    const uses = (this.uses.get(document) ?? 0) + 1;
    this.uses.set(document, uses);
    if (uses <= this.afterUses || lengthOf(document) > MAX_CHARACTERS) return null;
    const run = await compile(schema, document);
    this.keep(document, run);
    return run;
  }

  private keep(document: DocumentNode, run: Run | null): void {
    // A concurrent request may have compiled it too.
    if (!this.compiled.has(document)) this.characters += lengthOf(document);
    this.compiled.set(document, run);
    for (const oldest of this.compiled.keys()) {
      if (this.characters <= MAX_COMPILED_CHARACTERS) return;
      this.compiled.delete(oldest);
      this.uses.delete(oldest);
      this.characters -= lengthOf(oldest);
    }
  }
}

function lengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? Number.POSITIVE_INFINITY;
}

/** A document with several operations is left out, because its function would be that of one of them. */
async function compile(schema: GraphQLSchema, document: DocumentNode): Promise<Run | null> {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) return null;
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
