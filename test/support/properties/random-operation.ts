import fc, { type GeneratorValue } from 'fast-check';
import {
  getNamedType,
  GraphQLObjectType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

const MAX_DEPTH = 4;
const DIRECTIVES = [' @include(if: true)', ' @skip(if: false)', ' @skip(if: true)'];

type Gen = GeneratorValue;

/** A value for a variable of a type; `path` names it, such as `login.input.email`. */
export type ValueOf = (type: GraphQLInputType, path: string) => unknown;

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Writes random operations that are valid or nearly so: any fields, members, fragments, aliases and directives. */
export class OperationWriter {
  private readonly fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  private readonly definitions: string[] = [];
  private readonly variables: Record<string, unknown> = {};
  private count = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly gen: Gen,
    private readonly valueOf: ValueOf,
  ) {}

  write(): Operation {
    const isMutation = this.chance(3);
    const root = isMutation ? this.schema.getMutationType() : this.schema.getQueryType();
    if (!root) throw new Error('the schema has no such operations');
    const fields = this.some(Object.values(root.getFields()), isMutation && !this.chance(9) ? 1 : 2);
    const selection = fields.map((field) => this.field(field, 0, field.name)).join(' ');
    const parameters = this.definitions.length > 0 ? `(${this.definitions.join(', ')})` : '';
    const head = `${isMutation ? 'mutation' : 'query'} Random${parameters}`;
    const fragments = this.fragments.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`);
    return { query: [`${head} { ${selection} }`, ...fragments].join('\n'), variables: this.variables };
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, path: string): string {
    const type = getNamedType(field.type);
    const alias = this.chance(1) ? `${this.next('f')}: ` : '';
    const args = field.args.map(({ name, type: of }) => {
      const variable = this.next('v');
      this.definitions.push(`$${variable}: ${String(of)}`);
      const value = this.valueOf(of, `${path}.${name}`);
      if (value !== undefined) this.variables[variable] = value;
      return `${name}: $${variable}`;
    });
    const inner = isCompositeType(type) ? ` ${this.selection(type, depth + 1)}` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.directive()}${inner}`;
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    const parts = isAbstractType(type) ? this.members(type, depth) : this.fieldsOf(type, depth);
    if (parts.length === 0 || this.chance(2)) parts.push('__typename');
    return `{ ${parts.join(' ')} }`;
  }

  private members(type: GraphQLCompositeType, depth: number): string[] {
    if (!isAbstractType(type)) return [];
    const own = 'getFields' in type ? Object.keys(type.getFields()).filter(() => this.chance(3)) : [];
    const common = this.schema.getType('AuthError');
    const members: GraphQLCompositeType[] = [...this.schema.getPossibleTypes(type)];
    if (isCompositeType(common) && isAbstractType(common) && common !== type) members.push(common);
    return [...own, ...this.some(members, members.length).map((member) => this.fragment(member, depth))];
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const used = this.fragments.find((fragment) => fragment.type === type.name);
    if (used && this.chance(3)) return `...${used.name}${this.directive()}`;
    const text = this.selection(type, depth);
    if (this.chance(5)) return `... on ${type.name}${this.directive()} ${text}`;
    const name = this.next('F');
    this.fragments.push({ name, type: type.name, text });
    return `...${name}${this.directive()}`;
  }

  private fieldsOf(type: GraphQLCompositeType, depth: number): string[] {
    if (!(type instanceof GraphQLObjectType)) return [];
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < MAX_DEPTH || isLeafType(getNamedType(field.type)),
    );
    const parts = this.some(fields, 5).map((field) => this.field(field, depth, field.name));
    return this.chance(2) ? [...parts, this.fragment(type, depth + 1)] : parts;
  }

  private directive(): string {
    if (!this.chance(0)) return '';
    return DIRECTIVES[this.gen(fc.nat, DIRECTIVES.length - 1)] ?? '';
  }

  /** At least one of the values, and at most that many. */
  private some<Value>(values: readonly Value[], maxLength: number): Value[] {
    if (values.length === 0) return [];
    // fast-check compares the arguments deeply, which it could not do with parts of a schema.
    const indexes = values.map((_value, index) => index);
    const chosen = this.gen(fc.subarray<number>, indexes, {
      minLength: 1,
      maxLength: Math.min(maxLength, values.length),
    });
    return values.filter((_value, index) => chosen.includes(index));
  }

  /** True in that many of ten cases, or in one of twenty for 0. */
  private chance(tenths: number): boolean {
    return this.gen(fc.integer, { min: 0, max: 19 }) < Math.max(1, tenths * 2);
  }

  private next(prefix: string): string {
    this.count += 1;
    return `${prefix}${String(this.count)}`;
  }
}
