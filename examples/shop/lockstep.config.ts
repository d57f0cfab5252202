import { defineConfig } from 'lockstep';

export default defineConfig({
  url: 'sqlite:./shop.db',
});
