/** How many rounds a test makes: `short` in every run, `long` in `npm run test:full`. */
export function rounds(short: number, long: number): number {
  return process.env['LOCKSTEP_FULL'] === '1' ? long : short;
}
