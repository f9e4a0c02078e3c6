import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import {
  GraphQLError,
  isEnumType,
  isInputObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTVisitor,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { OperationCost } from './operation-cost.js';
import { lengthOf, RecentlyUsedDocuments } from './recently-used-documents.js';

/** Longer documents are not compiled: few clients send such, and each takes time. */
const MAX_CHARACTERS = 4_000;
/** Fields and fragments of a document, with every fragment expanded: the compiler writes code for each. */
const MAX_SELECTIONS = 200;
/** The total length of compiled documents, in characters. */
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
  private readonly compiled = new RecentlyUsedDocuments<DocumentNode, Run | null>(MAX_COMPILED_CHARACTERS);

  constructor(private readonly afterUses: number) {}

  /** Null if the document is interpreted: for now, or for good. */
  async use(document: DocumentNode, schema: GraphQLSchema): Promise<Run | null> {
    const known = this.compiled.get(document);
    if (known !== undefined) return known;
    const uses = (this.uses.get(document) ?? 0) + 1;
    this.uses.set(document, uses);
    if (uses <= this.afterUses || lengthOf(document) > MAX_CHARACTERS) return null;
    const run = await compile(schema, document);
    this.compiled.set(document, document, run);
    // A document that is dropped for others is counted anew.
    this.uses.delete(document);
    return run;
  }
}

/** Null if the document is interpreted for good. */
async function compile(schema: GraphQLSchema, document: DocumentNode): Promise<Run | null> {
  if (!isSmall(schema, document) || isMistaken(schema, document)) return null;
  // Loaded here, because no document is compiled at its first use.
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  const compiled = compileQuery(schema, document);
  return isCompiledQuery(compiled) ? compiled.query : null;
}

/** Whether a document has one operation, and little is left of it to compile once its fragments are expanded. */
function isSmall(schema: GraphQLSchema, { definitions }: DocumentNode): boolean {
  const [operation, ...others] = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!operation || others.length > 0) return false;
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const cost = new OperationCost(schema, (wanted) => fragments.find(({ name }) => name.value === wanted));
  cost.of([{ set: operation.selectionSet, type: schema.getRootType(operation.operation) ?? undefined }]);
  return cost.selections <= MAX_SELECTIONS;
}

/**
 * Whether graphql-jit would return something else than graphql-js. It reads the literal of a scalar differently, such as
 * `representations: [{ id: $id }]`. A variable that may be absent or null is only right as the argument of a field: in an
 * input object or a list, an absent one becomes null. The response name `__proto__` sets the prototype of its result.
 */
function isMistaken(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  const nullable = nullableVariables(document);
  const ofFields = new WeakSet<object>();
  const isOfScalar = (): boolean => {
    const name = String(types.getInputType()).replaceAll(/[![\]]/g, '');
    return !isInputObjectType(schema.getType(name)) && !isEnumType(schema.getType(name));
  };
  let found = false;
  const visitor: ASTVisitor = {
    VariableDefinition: () => false,
    Field({ alias, arguments: given = [] }) {
      found ||= alias?.value === '__proto__';
      for (const { value } of given) ofFields.add(value);
    },
    ObjectValue() {
      found ||= isOfScalar();
    },
    EnumValue() {
      found ||= isOfScalar();
    },
    ListValue() {
      found ||= isOfScalar() && !String(types.getInputType()).startsWith('[');
    },
    Variable(variable) {
      found ||= types.getInputType() === undefined || (nullable.has(variable.name.value) && !ofFields.has(variable));
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return found;
}

/** The names of the variables that a request may leave out or set to null. */
function nullableVariables({ definitions }: DocumentNode): ReadonlySet<string> {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const variables = operations.flatMap(({ variableDefinitions = [] }) => variableDefinitions);
  const nullable = variables.filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE);
  return new Set(nullable.map(({ variable }) => variable.name.value));
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
