/**
 * Whole numbers beyond 2^53 in JSON. An amount is a number as long as a double holds it exactly, and its digits as text
 * beyond: most readers of JSON take numbers for doubles, and would lose the last digits without a word. A bigint here
 * is beyond 2^53 (`Whole` of the kernel), and so JSON.stringify is told to write a bigint as its digits.
 */
export function writeBigIntsAsText(): void {
  Object.defineProperty(BigInt.prototype, 'toJSON', {
    configurable: true,
    writable: true,
    value(this: bigint): string {
      return this.toString();
    },
  });
}
