import { defineConfig } from 'lockstep';

export default defineConfig({
  url: 'sqlite:./cms.db',
  // <DB_PREFIX> in the files of a module.
  modules: [
    { path: 'modules/cms', prefix: 'site_' },
    { path: 'modules/blog', prefix: 'site_' },
  ],
});
