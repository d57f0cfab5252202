-- People who buy.
-- lockstep:up
CREATE TABLE customers (
  id integer PRIMARY KEY,
  name varchar(100) NOT NULL,
  email varchar(200) NOT NULL
);
CREATE UNIQUE INDEX customers_email ON customers (email);
INSERT INTO customers (id, name, email) VALUES
  (1, 'Ada', 'ada@example.org'),
  (2, 'Grace', 'grace@example.org');

-- lockstep:down
DROP TABLE customers;

-- lockstep:verify
SELECT count(*) = 0 FROM customers WHERE email NOT LIKE '%@%';
