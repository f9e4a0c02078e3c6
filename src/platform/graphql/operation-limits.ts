import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type DocumentNode,
  type OperationDefinitionNode,
  type TypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { MAX_DEPTH, MAX_SELECTIONS, OperationCost, type Measured, type SelectedField } from './operation-cost.js';

const MAX_MUTATIONS = 10;
/** Far more than gateways combine in one request. Each root field can fail, and an error costs more than a value. */
const MAX_ROOT_FIELDS = 100;
/** Twenty components that each select the same ten fields stay below it. */
const MAX_PAIRS = 2000;
/** Five users with all sessions and all of their fields. */
export const MAX_VALUES = 5000;
export const TOO_MANY_VALUES = `requests more than ${String(MAX_VALUES)} values; ask for fewer fields or smaller pages`;

/** Many times what 5,000 tokens need. Finding the place of an error takes a pass over the document. */
export const MAX_CHARACTERS = 100_000;
const MAX_LINES = 5_000;

const EMPTY_DOCUMENT: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

interface Refusal {
  readonly problem: string;
  readonly code: 'OPERATION_TOO_COMPLEX' | 'BAD_REQUEST';
}

const tooComplex = (problem: string): Refusal => ({ problem, code: 'OPERATION_TOO_COMPLEX' });

/** Mutations of which an operation may run only one. */
export interface SingleMutations {
  /** What an error message calls one of them. */
  readonly kind: string;
  readonly names: ReadonlySet<string>;
}

/**
 * Creates the rule that rejects oversized documents. It measures when validation begins, before any rule has visited the
 * document, and then lets validation continue with an empty one: some rules of graphql-js take quadratic time.
 */
export function createOperationLimits(single: SingleMutations): ValidationRule {
  return (context) => visitorOf(context, refusalOf(context, single));
}

function visitorOf(context: ValidationContext, refusal: Refusal | undefined): ASTVisitor {
  if (!refusal) return {};
  const { problem, code } = refusal;
  return {
    Document() {
      context.reportError(new GraphQLError(`The operation ${problem}.`, { extensions: { code } }));
      return EMPTY_DOCUMENT;
    },
  };
}

function refusalOf(context: ValidationContext, single: SingleMutations): Refusal | undefined {
  const schema = context.getSchema();
  const { definitions, loc } = context.getDocument();
  if (loc && loc.source.body.length > MAX_CHARACTERS) return tooComplex(`has more than ${MAX_CHARACTERS} characters`);
  if (loc && loc.endToken.line > MAX_LINES) return tooComplex(`has more than ${MAX_LINES} lines`);
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  // The counts add up across operations, since all of them are validated.
  const cost = new OperationCost(schema, (name) => context.getFragment(name));
  for (const node of operations) {
    const { operation, selectionSet: set } = node;
    if (operation === OperationTypeNode.SUBSCRIPTION) return { problem: 'is a subscription', code: 'BAD_REQUEST' };
    if (hasDeepType(node)) return tooComplex(`has a variable whose type is nested more than ${MAX_DEPTH} levels deep`);
    const measured = cost.of([{ set, type: schema.getRootType(operation) ?? undefined }]);
    const refusal = excessOf(cost) ?? excessOfOperation(operation, measured, single);
    if (refusal) return refusal;
  }
  // Unused fragments are validated too.
  for (const fragment of fragments.filter((found) => !cost.fragments.has(found))) cost.ofFragment(fragment);
  return excessOf(cost);
}

/** graphql-js takes quadratic time to build the type of a variable. */
function hasDeepType({ variableDefinitions = [] }: OperationDefinitionNode): boolean {
  return variableDefinitions.some(({ type }) => {
    let depth = 0;
    for (let inner: TypeNode = type; inner.kind !== Kind.NAMED_TYPE; inner = inner.type) depth += 1;
    return depth > MAX_DEPTH;
  });
}

function excessOf({ depth, pairs, selections }: OperationCost): Refusal | undefined {
  if (depth > MAX_DEPTH) return tooComplex(`is nested more than ${MAX_DEPTH} levels deep`);
  if (selections > MAX_SELECTIONS) return tooComplex(`selects more than ${MAX_SELECTIONS} fields`);
  if (pairs > MAX_PAIRS) return tooComplex('selects the same fields, or spreads fragments, too often in one place');
  return undefined;
}

function excessOfOperation(
  operation: OperationTypeNode,
  { rootFields, values }: Measured,
  { kind, names }: SingleMutations,
): Refusal | undefined {
  const isSingle = (same: readonly SelectedField[]): boolean => same.some(({ node }) => names.has(node.name.value));
  if (operation === OperationTypeNode.MUTATION && [...rootFields.values()].filter(isSingle).length > 1)
    return tooComplex(`runs more than one ${kind}`);
  if (values > MAX_VALUES) return tooComplex(TOO_MANY_VALUES);
  if (operation === OperationTypeNode.MUTATION && rootFields.size > MAX_MUTATIONS)
    return tooComplex(`runs more than ${MAX_MUTATIONS} mutations`);
  if (rootFields.size > MAX_ROOT_FIELDS) return tooComplex(`requests more than ${MAX_ROOT_FIELDS} fields at its root`);
  return undefined;
}
