import {
  isEnumType,
  isInputObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { OperationCost } from './operation-cost.js';

/** Fields and fragments of a document, with every fragment expanded: the compiler writes code for each. */
const MAX_SELECTIONS = 200;

/** Runs the operation of a document. */
export type Run = CompiledQuery['query'];

/** Compiles a valid document; null if it has to be interpreted. */
export async function compileDocument(schema: GraphQLSchema, document: DocumentNode): Promise<Run | null> {
  if (!isSmall(schema, document) || hasRiskyValues(document) || isMistaken(schema, document)) return null;
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
 * Whether a document contains text, a fraction or the default of a variable. graphql-jit writes these into the source of the
 * function, where some text becomes code, and where a default loses its type.
 */
function hasRiskyValues(document: DocumentNode): boolean {
  let found = false;
  const find = (): void => {
    found = true;
  };
  visit(document, {
    StringValue: find,
    FloatValue: find,
    VariableDefinition: ({ defaultValue }) => defaultValue && find(),
  });
  return found;
}

/** The aliases of query planners, such as `email__alias_0`. No joined path can be equal to them. */
const PLANNED_ALIAS = /__alias_\d+$/;

/**
 * Whether graphql-jit would return something else than graphql-js. It reads the literal of a scalar differently, such as
 * `representations: [{ id: $id }]`. A variable that may be absent or null is only right as the argument of a field: in an
 * input object or a list, an absent one becomes null. It finds the `info` of a resolver by the response names of its path,
 * joined with `_`, so two paths can share one. The response name `__proto__` sets the prototype of its result. It stores the
 * condition of a fragment in the fields of the fragment, where another use of the fragment finds it, so no document with
 * directives is compiled.
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
    Directive() {
      found = true;
    },
    Field({ alias, arguments: given = [] }) {
      found ||= alias?.value.replace(PLANNED_ALIAS, '').includes('_') === true;
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
