import type { ApolloServerPlugin, BaseContext, GraphQLRequest, GraphQLRequestContext } from '@apollo/server';
import {
  getVariableValues,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql';
import { compileDocument, type Run } from './compile-document.js';
import { lengthOf, RecentlyUsedDocuments } from './recently-used-documents.js';
import { hasMoreValues, MAX_VARIABLE_VALUES } from './variable-limits.js';

/** Longer documents are not compiled: few clients send them, and each takes time. */
const MAX_CHARACTERS = 4_000;
/** The total length of compiled documents, in characters. */
const MAX_COMPILED_CHARACTERS = 64 * 1024;

interface Compiled {
  readonly run: Run;
  readonly operationName: string | undefined;
  /** Whether graphql-js accepts the variables, which graphql-jit checks less strictly and with longer messages. */
  readonly accepts: (variables: Record<string, unknown>) => boolean;
}

interface Result {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
type Resolved = GraphQLRequestContext<BaseContext> & {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly source: string;
};

/**
 * Compiles documents that are used often into functions, and runs these instead of interpreting the documents. The resolvers
 * stay the same, and Apollo Server has validated each document before. Only for servers whose plugins need not observe
 * every request: their hooks are not called.
 */
export class CompiledExecution {
  /** Compiles documents once Apollo Server has validated them often enough. */
  readonly plugin: ApolloServerPlugin;
  private readonly uses = new WeakMap<DocumentNode, number>();
  /** By the text of the document; null for one that is always interpreted. */
  private readonly compiled = new RecentlyUsedDocuments<string, Compiled | null>(MAX_COMPILED_CHARACTERS);

  /** @param afterUses how often a document is interpreted first */
  constructor(
    private readonly formatError: FormatError,
    private readonly afterUses: number,
  ) {
    const listener = { responseForOperation: (request: GraphQLRequestContext<BaseContext>) => this.respond(request) };
    this.plugin = { requestDidStart: () => Promise.resolve(listener) };
  }

  /** Runs a request if its document is compiled. `undefined` if Apollo Server has to run or refuse it; nothing is done then. */
  async execute(request: GraphQLRequest, context: BaseContext): Promise<Result | undefined> {
    const { query = '', operationName, variables = {}, extensions } = request;
    const compiled = this.compiled.get(query);
    if (!compiled || (operationName != null && operationName !== compiled.operationName)) return undefined;
    if (extensions?.['persistedQuery'] !== undefined || !compiled.accepts(variables)) return undefined;
    const { data, errors } = (await compiled.run(undefined, context, variables)) as ExecutionResult;
    // Nothing was executed. The messages of graphql-js are better.
    if (data === undefined) return undefined;
    return { data, ...(errors && { errors: errors.map((error) => format(error, this.formatError)) }) };
  }

  private async respond(context: GraphQLRequestContext<BaseContext>) {
    const { contextValue, operation, request, response } = context;
    // No operation has the requested name.
    if (!operation) return null;
    await this.count(context as Resolved);
    const singleResult = await this.execute(request, contextValue);
    return singleResult ? { http: response.http, body: { kind: 'single' as const, singleResult } } : null;
  }

  private async count({ document, operation, schema, source }: Resolved): Promise<void> {
    if (this.compiled.get(source) !== undefined || lengthOf(document) > MAX_CHARACTERS) return;
    const uses = (this.uses.get(document) ?? 0) + 1;
    this.uses.set(document, uses);
    if (uses <= this.afterUses) return;
    const run = await compileDocument(schema, document);
    const { name, variableDefinitions = [] } = operation;
    const accepts: Compiled['accepts'] = (variables) =>
      !hasMoreValues(variables, MAX_VARIABLE_VALUES) &&
      getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).errors === undefined;
    this.compiled.set(source, document, run && { run, operationName: name?.value, accepts });
    // A document that is dropped for others is counted anew.
    this.uses.delete(document);
  }
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
