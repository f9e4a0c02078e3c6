import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql';

/** The response name of the mutation that a field belongs to; empty in a query, whose fields all see the same state. */
export function mutationOf({ operation, path }: GraphQLResolveInfo): string {
  if (operation.operation !== OperationTypeNode.MUTATION) return '';
  let root = path;
  while (root.prev) root = root.prev;
  return String(root.key);
}
