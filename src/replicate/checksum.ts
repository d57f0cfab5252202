import type { TextRow } from '../contracts/index.ts';

/** How many rows there are, and a sum over all of them that does not depend on their order. */
export interface Tally {
  readonly rows: number;
  /** Sixteen hexadecimal digits. */
  readonly checksum: string;
}

/** Adds rows up. Two halves of 32 bits are reckoned for each row, because whole numbers of 64 bits are slow. */
export function counter(): { add(row: TextRow): void; tally(): Tally } {
  let rows = 0;
  let first = 0;
  let second = 0;
  return {
    add: (row) => {
      let a = 0x9e3779b9;
      let b = 0x85ebca6b;
      for (const value of row) {
        if (value === null) {
          a = Math.imul(a ^ 0x110000, 0x27d4eb2f);
          b = Math.imul(b ^ 0x110000, 0x165667b1);
        } else {
          for (let i = 0; i < value.length; i++) {
            const unit = value.charCodeAt(i);
            a = Math.imul(a ^ unit, 0x27d4eb2f);
            b = Math.imul(b ^ unit, 0x165667b1);
          }
        }
        // The end of a value, so that a|bc is not ab|c; the shifts spread what multiplying moves only upwards.
        a = Math.imul(a ^ 0x110001 ^ (a >>> 15), 0x2c1b3c6d);
        b = Math.imul(b ^ 0x110001 ^ (b >>> 13), 0x297a2d39);
      }
      first = (first + (a ^ (a >>> 12))) >>> 0;
      second = (second + (b ^ (b >>> 17))) >>> 0;
      rows++;
    },
    tally: () => ({ rows, checksum: hex(first) + hex(second) }),
  };
}

/** What a database has reckoned: a sum beyond 64 bits loses what is above them. */
export function tallyOfSum(rows: string, sum: string): Tally {
  return { rows: Number(rows), checksum: BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0') };
}

export function isSame(one: Tally, other: Tally): boolean {
  return one.rows === other.rows && one.checksum === other.checksum;
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
