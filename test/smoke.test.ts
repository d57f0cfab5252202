import { expect, test } from 'vitest';
import { flavours, freshDatabase } from './support/database.ts';

test.each(flavours)('a fresh %s database answers', async (flavour) => {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  expect((await connection.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await connection.close();
  await database.drop();
});
