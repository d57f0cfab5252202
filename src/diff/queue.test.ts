import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queue } from './queue.ts';

test('takes the smallest of what waits, whenever it came', () => {
  const step = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant('take' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const waiting = queue<number>((a, b) => a < b);
      const plain: number[] = [];
      for (const one of steps) {
        if (one === 'take') expect(waiting.take()).toBe(plain.shift());
        else {
          waiting.add(one);
          plain.push(one);
          plain.sort((a, b) => a - b);
        }
      }
      expect([...waiting.items].sort((a, b) => a - b)).toEqual(plain);
    }),
  );
});
