/**
 * The releases that the double can answer as. These are the two of which a real server's answers were taken; where they
 * differ, it is said beside the answer.
 */
export const VERSIONS = ['23.10.8', '24.6.0'] as const;
export type Version = (typeof VERSIONS)[number];
