import { defineConfig } from 'lockstep';

export default defineConfig({
  url: 'sqlite:./erp.db',
});
