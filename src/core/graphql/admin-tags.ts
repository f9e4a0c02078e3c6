import {
  Kind,
  parse,
  parseConstValue,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
} from 'graphql';
import { MANAGEMENT_ERROR_CODES } from '../errors/errors.js';

const TAG: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'tag' },
  arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'name' }, value: parseConstValue('"admin"') }],
};

interface Definition {
  readonly name: { readonly value: string };
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/**
 * Adds `@tag(name: "admin")` to everything that the public schema does not have: types, and members of types that it has.
 * Deriving the tags from the difference means that a new field cannot lack its tag. Scalars get none, because a contract
 * would hide them from other subgraphs too.
 */
export function withAdminTags(sdl: string, publicSdl: string): string {
  const known = membersByType(parse(publicSdl));
  const tagType = <Node extends Definition>(node: Node): Node => (known.has(node.name.value) ? node : tagged(node));
  const tagMembers = <Member extends Definition>(type: Definition, members: readonly Member[] = []): Member[] => {
    const names = known.get(type.name.value);
    return members.map((member) => (names && !names.has(member.name.value) ? tagged(member) : member));
  };
  const document = visit(parse(sdl), {
    ObjectTypeDefinition: { leave: (type) => tagType({ ...type, fields: tagMembers(type, type.fields) }) },
    InputObjectTypeDefinition: { leave: (type) => tagType({ ...type, fields: tagMembers(type, type.fields) }) },
    EnumTypeDefinition: { leave: (type) => tagType({ ...type, values: tagMembers(type, type.values) }) },
    UnionTypeDefinition: { leave: tagType },
    InterfaceTypeDefinition: { leave: tagType },
  });
  return print(document);
}

function tagged<Node extends Definition>(node: Node): Node {
  return { ...node, directives: [...(node.directives ?? []), TAG] };
}

/** The fields or values of each type. */
function membersByType({ definitions }: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const types = definitions.flatMap((definition) => {
    if (!('name' in definition)) return [];
    const fields = 'fields' in definition ? (definition.fields ?? []) : [];
    const values = 'values' in definition ? (definition.values ?? []) : [];
    return [[definition.name.value, new Set([...fields, ...values].map(({ name }) => name.value))] as const];
  });
  return new Map(types);
}

/** Removes the error codes that only user management uses. */
export function withoutManagementCodes(sdl: string): string {
  const codes: readonly string[] = MANAGEMENT_ERROR_CODES;
  const document = visit(parse(sdl), {
    EnumTypeDefinition: (type): EnumTypeDefinitionNode | undefined =>
      type.name.value === 'AuthErrorCode'
        ? { ...type, values: (type.values ?? []).filter(({ name }) => !codes.includes(name.value)) }
        : undefined,
  });
  return print(document);
}
