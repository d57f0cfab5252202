import { migration } from 'lockstep';

/** What the shop sells, and how much of it lies where. */
export default migration({
  up({ schema }) {
    schema.createTable('goods', {
      columns: [
        { name: 'id', type: 'bigint', identity: true, primaryKey: true },
        { name: 'name', type: 'varchar(120)', nullable: false },
        { name: 'price', type: 'decimal(10,2)', nullable: false, check: 'price >= 0' },
      ],
    });
    schema.createTable('stock', {
      defaultColumns: false,
      columns: [
        { name: 'warehouse', type: 'bigint', nullable: false, references: 'warehouses.id' },
        { name: 'item', type: 'bigint', nullable: false, references: 'goods.id' },
        { name: 'pieces', type: 'integer', nullable: false, default: 0 },
      ],
      primaryKey: ['warehouse', 'item'],
    });
  },
});
