import { Kind, parse, parseConstValue, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';
import type { FieldRules } from './guard.js';

/**
 * Tells a gateway what the guard asks for, with `@authenticated` and `@requiresScopes` on root fields and nowhere else:
 * the user whom `login` answers is read by a caller who was nobody when the gateway looked.
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

function directivesOf(coordinate: string, { protectedFields, requiredScopes }: FieldRules): ConstDirectiveNode[] {
  if (!protectedFields.has(coordinate)) return [];
  const scopes = requiredScopes.get(coordinate);
  // The outer list is of alternatives; there is one, which asks for all of them.
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
