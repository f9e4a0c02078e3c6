import * as z from 'zod';

/**
 * Options by section. Several modules may declare options of the same section; a section that is a schema has one
 * owner.
 */
export type OptionTree = Readonly<Record<string, z.ZodType | Readonly<Record<string, z.ZodType>>>>;

export type UnionToIntersection<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  whole: infer Whole,
) => void
  ? Whole
  : never;

type Section<Part> = Part extends z.ZodType
  ? Part
  : Part extends z.ZodRawShape
    ? z.ZodPrefault<z.ZodObject<{ [Name in keyof Part]: Part[Name] }, z.core.$strict>>
    : never;

/** The section schemas of several trees. */
export type OptionSections<Tree extends OptionTree> = {
  readonly [Name in keyof UnionToIntersection<Tree>]: Section<UnionToIntersection<Tree>[Name]>;
};

/** Merges the sections of several trees. */
export function assembleOptions<const Trees extends readonly OptionTree[]>(
  trees: Trees,
): OptionSections<Trees[number]> {
  const sections: Record<string, z.ZodType> = {};
  const shapes: Record<string, z.ZodRawShape> = {};
  for (const [name, part] of trees.flatMap((tree) => Object.entries(tree))) {
    if (part instanceof z.ZodType) sections[name] = part;
    else {
      const taken = Object.keys(part).find((option) => Object.hasOwn(shapes[name] ?? {}, option));
      if (taken !== undefined) throw new Error(`the option ${name}.${taken} is declared twice`);
      shapes[name] = { ...shapes[name], ...part };
      sections[name] = z.strictObject(shapes[name]).prefault({});
    }
  }
  return sections as OptionSections<Trees[number]>;
}

/** The options of a tree after parsing. */
export type ConfigOf<Tree extends OptionTree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends z.ZodType
    ? z.output<Tree[Name]>
    : Tree[Name] extends z.ZodRawShape
      ? Readonly<z.output<z.ZodObject<Tree[Name]>>>
      : never;
};
