ALTER TABLE <DB_PREFIX>pages ADD COLUMN author integer;
