-- lockstep:up
CREATE TABLE order_lines (
  order_id bigint NOT NULL,
  line integer NOT NULL,
  article varchar(80) NOT NULL,
  pieces integer NOT NULL,
  price decimal(12,2) NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, line),
  CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

-- lockstep:down
DROP TABLE order_lines;
