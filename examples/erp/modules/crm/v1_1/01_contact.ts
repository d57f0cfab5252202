import { migration } from 'lockstep';

/** Towns are cities from here on, and a customer has a way to be reached. */
export default migration({
  up({ schema }) {
    schema.renameColumn('customers', 'town', 'city');
    schema.addColumn('customers', 'phone', { type: 'varchar(40)' });
    schema.createIndex('customers', { columns: ['city'] });
  },
});
