import { Kind, parse, parseConstValue, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';
import type { FieldRules } from './guard.js';

/**
 * Tells a gateway what the guard asks for, with `@authenticated` and `@requiresScopes` on root fields and nowhere else:
 * the user whom `login` answers is read by a caller who was nobody when the gateway looked.
 */
export function withAuthDirectives(sdl: string, { protectedFields, requiredScopes }: FieldRules): DocumentNode {
  let parent = '';
  return visit(parse(sdl), {
    ObjectTypeDefinition(node) {
      parent = node.name.value;
    },
    FieldDefinition(node) {
      const coordinate = `${parent}.${node.name.value}`;
      if (!protectedFields.has(coordinate)) return undefined;
      const scopes = requiredScopes.get(coordinate);
      // The outer list is of alternatives; there is one, which asks for all of them.
      const directives = [directive('authenticated'), ...(scopes ? [directive('requiresScopes', [scopes])] : [])];
      return { ...node, directives };
    },
  });
}

function directive(name: string, scopes?: readonly (readonly string[])[]): ConstDirectiveNode {
  const argument = scopes && {
    kind: Kind.ARGUMENT as const,
    name: { kind: Kind.NAME as const, value: 'scopes' },
    value: parseConstValue(JSON.stringify(scopes)),
  };
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name }, arguments: argument ? [argument] : [] };
}
