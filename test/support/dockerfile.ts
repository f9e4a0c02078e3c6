import { readFileSync } from 'node:fs';
import { DockerfileParser, type Copy, type Instruction } from 'dockerfile-ast';
import { ROOT } from './pages.js';

export const DOCKERFILE = readFileSync(`${ROOT}Dockerfile`, 'utf8');

export interface CopyStep {
  /** The stage that has the files; undefined for the folder of the Dockerfile. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** A stage of the Dockerfile. */
export interface Stage {
  /** Empty for the last one. */
  readonly name: string;
  readonly image: string;
  readonly folder: string;
  readonly copies: readonly CopyStep[];
  readonly runs: readonly string[];
  readonly user: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments, as in an exec form. */
  readonly words: Readonly<Record<'entrypoint' | 'command' | 'health', readonly string[]>>;
}

const textOf = (instruction: Instruction | undefined): string => instruction?.getArgumentsContent() ?? '';

/** @throws Error it is not in the exec form, which needs no shell */
const wordsOf = (instruction: Instruction | undefined): string[] => {
  const text = textOf(instruction);
  return text === '' ? [] : (JSON.parse(text.slice(text.indexOf('['))) as string[]);
};

const copyOf = (copy: Copy): CopyStep => {
  const words = copy.getArguments().map((argument) => argument.getValue());
  return { from: copy.getFromFlag()?.getValue() ?? undefined, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
};

export function stagesOf(text: string): Stage[] {
  const file = DockerfileParser.parse(text);
  return file.getFROMs().map((from) => {
    const image = file.getContainingImage(from.getRange().start);
    const instructions = image?.getInstructions() ?? [];
    const all = (keyword: string): Instruction[] =>
      instructions.filter((instruction) => instruction.getKeyword() === keyword);
    return {
      name: from.getBuildStage() ?? '',
      image: from.getImage() ?? '',
      folder: textOf(all('WORKDIR').at(-1)),
      copies: image?.getCOPYs().map(copyOf) ?? [],
      runs: all('RUN').map(textOf),
      user: all('USER').map(textOf).at(-1),
      env: Object.fromEntries(
        image?.getENVs().flatMap((env) => env.getProperties().map((each) => [each.getName(), each.getValue() ?? ''])) ??
          [],
      ),
      words: {
        entrypoint: wordsOf(image?.getENTRYPOINTs().at(-1)),
        command: wordsOf(image?.getCMDs().at(-1)),
        health: wordsOf(image?.getHEALTHCHECKs().at(-1)),
      },
    };
  });
}
