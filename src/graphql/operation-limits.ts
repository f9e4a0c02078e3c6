import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Enough for every gateway's query plan and for introspection; few enough that one request cannot try many passwords. */
const MAX_MUTATION_FIELDS = 10;
const MAX_FIELDS = 1000;
const MAX_DEPTH = 20;

interface Size {
  readonly fields: number;
  readonly depth: number;
}

const TOO_LARGE: Size = { fields: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

/** Refuses operations that are out of proportion, fragments spelled out, before anything runs. */
export function operationLimits(context: ValidationContext): ASTVisitor {
  const sizes = new Map<string, Size>();

  function measureFragment(name: string): Size {
    const known = sizes.get(name);
    if (known) return known;
    // A fragment that comes to itself again has no size; another rule says so, and this one must end.
    sizes.set(name, TOO_LARGE);
    const fragment = context.getFragment(name);
    const size = fragment ? measure(fragment.selectionSet) : { fields: 0, depth: 0 };
    sizes.set(name, size);
    return size;
  }

  function measure(set: SelectionSetNode): Size {
    const sizes = set.selections.map((selection): Size => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value);
      const inner = selection.selectionSet ? measure(selection.selectionSet) : { fields: 0, depth: 0 };
      return selection.kind === Kind.FIELD ? { fields: inner.fields + 1, depth: inner.depth + 1 } : inner;
    });
    return {
      fields: sizes.reduce((sum, size) => sum + size.fields, 0),
      depth: sizes.reduce((deepest, size) => Math.max(deepest, size.depth), 0),
    };
  }

  const rootFields = (set: SelectionSetNode): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + rootFields(selection.selectionSet);
      return sum + measureFragment(selection.name.value).fields;
    }, 0);

  return {
    OperationDefinition(node) {
      const { fields, depth } = measure(node.selectionSet);
      if (node.operation === OperationTypeNode.SUBSCRIPTION) refuse(context, 'is a subscription', 'BAD_REQUEST');
      else if (depth > MAX_DEPTH) refuse(context, `is nested more than ${String(MAX_DEPTH)} levels deep`);
      else if (fields > MAX_FIELDS) refuse(context, `selects more than ${String(MAX_FIELDS)} fields`);
      else if (node.operation === OperationTypeNode.MUTATION && rootFields(node.selectionSet) > MAX_MUTATION_FIELDS)
        refuse(context, `runs more than ${String(MAX_MUTATION_FIELDS)} mutations`);
    },
  };
}

function refuse(context: ValidationContext, problem: string, code = 'OPERATION_TOO_COMPLEX'): void {
  context.reportError(new GraphQLError(`The operation ${problem}.`, { extensions: { code } }));
}
