import { migration } from 'lockstep';

/** What an order came to, as it was when it was placed. */
export default migration({
  async up({ schema, sql, batches }) {
    schema.addColumn('orders', 'total', { type: 'decimal(10,2)' });
    await batches('fill totals', { table: 'orders', key: 'id', size: 500 }, async ({ after, upTo }) => {
      await sql.query`
        UPDATE orders SET total = amount * (SELECT price FROM products WHERE products.id = orders.product)
        WHERE id > ${after ?? 0} AND id <= ${upTo}`;
    });
  },

  async verify({ sql }) {
    const [left] = await sql.query`SELECT count(*) AS n FROM orders WHERE total IS NULL`;
    return Number(left?.['n']) === 0;
  },
});
