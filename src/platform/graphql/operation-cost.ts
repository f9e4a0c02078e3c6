import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';
import { LIST_LENGTH, maxLengthOf, pageSizeOf } from './list-length.js';

export const MAX_DEPTH = 20;
/** Enough for gateway query plans and for introspection, with every fragment expanded. */
export const MAX_SELECTIONS = 1000;

/** Lists within introspection results are short, except for the outermost ones. */
const INTROSPECTION_LIST_LENGTH = 3;

/** A scalar that its object has already under another name counts as this many values: it may have several kilobytes. */
const REPEATED_VALUE = 20;

/** A selection set and the type it selects from, if known. */
export interface Selected {
  readonly set: SelectionSetNode;
  readonly type: GraphQLNamedType | undefined;
}

export interface Measured {
  readonly rootFields: Fields;
  /**
   * The maximum number of values in the result, if no list is longer than assumed. The same field under further names in one
   * place counts as several values.
   */
  readonly values: number;
}

export interface SelectedField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown> | undefined;
}

/** The fields at one place in the result, by response name. */
type Fields = ReadonlyMap<string, SelectedField[]>;

/**
 * Measures operations as the executor sees them: fragments are expanded, and fields with the same response name in the
 * same place are merged. Stops once a limit above is exceeded, so measuring is cheap for any document.
 */
export class OperationCost {
  /** The number of fields and fragments after expanding fragments. */
  selections = 0;
  depth = 0;
  /** The number of pairs of same-named fields, or of fragments, in one place: validation compares each pair. */
  pairs = 0;
  /** The fragments that have been expanded. */
  readonly fragments = new Set<FragmentDefinitionNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly findFragment: (name: string) => FragmentDefinitionNode | null | undefined,
    /** Unknown while a document is validated. */
    private readonly variables?: Readonly<Record<string, unknown>>,
  ) {}

  /** For a resolver, which knows the variables. */
  static during({ fragments, schema, variableValues }: GraphQLResolveInfo): OperationCost {
    return new OperationCost(schema, (name) => fragments[name], variableValues);
  }

  of(selected: readonly Selected[]): Measured {
    const fields = this.collect(selected);
    return { rootFields: fields, values: this.valuesOf(fields, 1) };
  }

  ofFragment(fragment: FragmentDefinitionNode): Measured {
    return this.of([this.selectedBy(fragment)]);
  }

  private get isDone(): boolean {
    return this.selections > MAX_SELECTIONS || this.depth > MAX_DEPTH;
  }

  /** @param pageSize the length of lists that are a page */
  private valuesOf(fields: Fields, depth: number, pageSize?: number): number {
    this.depth = Math.max(this.depth, depth);
    let values = 0;
    const leaves = new Set<SelectedField['definition']>();
    for (const same of fields.values()) {
      if (this.isDone) break;
      this.pairs += pairsAmong(same.length);
      const inner = same.flatMap(({ node, definition }): Selected[] =>
        node.selectionSet ? [{ set: node.selectionSet, type: definition && getNamedType(definition.type) }] : [],
      );
      const definition = same[0]?.definition;
      if (inner.length > 0) {
        const size = pageSizeOf(same, this.variables);
        values += 1 + lengthOf(definition, pageSize) * this.valuesOf(this.collect(inner), depth + 1, size);
        continue;
      }
      values += definition && leaves.has(definition) ? REPEATED_VALUE : 1;
      leaves.add(definition);
    }
    return values;
  }

  private collect(selected: readonly Selected[]): Fields {
    const fields = new Map<string, SelectedField[]>();
    let spreads = 0;
    const visit = ({ set, type }: Selected): void => {
      for (const selection of set.selections) {
        this.selections += 1;
        if (this.isDone) return;
        if (selection.kind === Kind.FIELD) {
          add(fields, { node: selection, definition: this.definitionOf(type, selection.name.value) });
          continue;
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD) spreads += 1;
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.findFragment(selection.name.value);
        if (fragment) visit(this.selectedBy(fragment, type));
      }
    };
    selected.forEach(visit);
    this.pairs += pairsAmong(spreads);
    return fields;
  }

  private selectedBy(fragment: FragmentDefinitionNode | InlineFragmentNode, outer?: Selected['type']): Selected {
    if (fragment.kind === Kind.FRAGMENT_DEFINITION) this.fragments.add(fragment);
    const condition = fragment.typeCondition?.name.value;
    return { set: fragment.selectionSet, type: condition === undefined ? outer : this.schema.getType(condition) };
  }

  private definitionOf(type: GraphQLNamedType | undefined, name: string): SelectedField['definition'] {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  }
}

function add(fields: Map<string, SelectedField[]>, field: SelectedField): void {
  const name = field.node.alias?.value ?? field.node.name.value;
  const same = fields.get(name);
  if (same) same.push(field);
  else fields.set(name, [field]);
}

function pairsAmong(count: number): number {
  return (count * (count - 1)) / 2;
}

/** The assumed number of objects in a field. For `_entities` the number is only known, and counted, at execution. */
function lengthOf(definition: SelectedField['definition'], pageSize: number | undefined): number {
  if (!definition || definition.name === '_entities' || !isListType(getNullableType(definition.type))) return 1;
  const declared = pageSize ?? maxLengthOf(definition);
  if (declared !== undefined) return declared;
  return isIntrospectionType(getNamedType(definition.type)) ? INTROSPECTION_LIST_LENGTH : LIST_LENGTH;
}
