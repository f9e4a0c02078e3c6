interface Mutation<Input, Result> {
  readonly mutateAsync: (input: Input) => Promise<Result>;
  readonly reset: () => void;
}

/** Runs a mutation whose input has a password, which the query client would keep as long as the form is there. */
export async function forgetful<Input, Result>(mutation: Mutation<Input, Result>, input: Input): Promise<Result> {
  try {
    return await mutation.mutateAsync(input);
  } finally {
    mutation.reset();
  }
}
