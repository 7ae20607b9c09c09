/** A whole number from the environment: a longer run, or the seed of one to be had again. */
export const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
