CREATE TABLE <DB_PREFIX>posts (
  id integer NOT NULL PRIMARY KEY,
  page integer NOT NULL,
  body text NOT NULL,
  CONSTRAINT <DB_PREFIX>posts_page FOREIGN KEY (page) REFERENCES <DB_PREFIX>pages (id)
);
