import { migration } from 'lockstep';

/** Goods to begin with, in the warehouses that the DBA made. */
export default migration({
  async up({ db, step }) {
    await step('goods', async () => {
      await db
        .insertInto('goods')
        .values([
          { id: 1, name: 'Lamp', price: 49.9 },
          { id: 2, name: 'Chair', price: 120 },
        ])
        .execute();
    });
    await step('stock', async () => {
      const warehouses = await db.selectFrom('warehouses').select('id').execute();
      for (const { id } of warehouses) {
        await db
          .insertInto('stock')
          .values([
            { warehouse: id, item: 1, pieces: 10 },
            { warehouse: id, item: 2, pieces: 4 },
          ])
          .execute();
      }
    });
  },

  async down({ db }) {
    await db.deleteFrom('stock').execute();
    await db.deleteFrom('goods').execute();
  },

  async verify({ sql }) {
    const [found] = await sql.query`SELECT count(*) AS n FROM stock`;
    return Number(found?.['n']) === 4;
  },
});
