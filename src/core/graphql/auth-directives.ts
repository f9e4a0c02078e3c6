import { Kind, parse, parseConstValue, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';
import type { FieldRules } from './guard.js';

/**
 * Adds `@authenticated` and `@requiresScopes` for the gateway to the root fields that the guard protects. Only to root
 * fields: the caller of `login` is anonymous to the gateway but may read the user in the result.
 */
export function withAuthDirectives(sdl: string, rules: FieldRules): DocumentNode {
  return visit(parse(sdl), {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields?.map((field) => ({
        ...field,
        directives: [...(field.directives ?? []), ...directivesOf(`${type.name.value}.${field.name.value}`, rules)],
      })),
    }),
  });
}

function directivesOf(coordinate: string, rules: FieldRules): ConstDirectiveNode[] {
  const scopes = rules.requiredScopes.get(coordinate);
  // The gateway would stop a sign-out without a valid token, which still clears the refresh cookie.
  const isLeftToSubgraph = rules.signOutFields.has(coordinate) && !scopes;
  if (!rules.protectedFields.has(coordinate) || isLeftToSubgraph) return [];
  // The outer list contains alternatives. There is one, which requires all scopes.
  return [directive('authenticated'), ...(scopes ? [directive('requiresScopes', [scopes])] : [])];
}

function directive(name: string, scopes?: readonly (readonly string[])[]): ConstDirectiveNode {
  const argument = scopes && {
    kind: Kind.ARGUMENT as const,
    name: { kind: Kind.NAME as const, value: 'scopes' },
    value: parseConstValue(JSON.stringify(scopes)),
  };
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name }, arguments: argument ? [argument] : [] };
}
