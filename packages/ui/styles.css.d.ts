// TypeScript 6 checks imports without a binding.
export {};
