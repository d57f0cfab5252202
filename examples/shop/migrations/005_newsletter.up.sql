CREATE TABLE newsletter (
  customer integer NOT NULL PRIMARY KEY REFERENCES customers (id),
  since date NOT NULL
);
INSERT INTO newsletter (customer, since) VALUES (1, '2026-01-15');
