import type { z } from 'zod';
import { CORE_OPTIONS } from '../core/composition/core.options.js';
import type { Feature } from '../core/composition/feature.js';
import { FEATURES, type FeatureOptions } from '../features.js';
import { assembleOptions, type OptionSections } from '../platform/options/option-tree.js';

type AuthOptionSections = OptionSections<(typeof CORE_OPTIONS)[number] | FeatureOptions>;

/** The plain-value options of `createAuthSubgraph` for these features, by section. */
export function optionSectionsOf(
  features: readonly Pick<Feature, 'name' | 'options'>[],
): Readonly<Record<string, z.ZodType>> {
  return assembleOptions([...CORE_OPTIONS, ...features.map(({ options = {} }) => options)]);
}

export const optionSections = optionSectionsOf(FEATURES) as unknown as AuthOptionSections;

type OptionsSchema = z.ZodObject<{ -readonly [Name in keyof AuthOptionSections]: AuthOptionSections[Name] }>;

/** The type that the generated `AuthOptions` must equal. */
export type OptionsInput = z.input<OptionsSchema>;
export type ParsedOptions = z.output<OptionsSchema>;
