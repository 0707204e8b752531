-- An order behind a boolean.
-- schema
CREATE TABLE messages (id int PRIMARY KEY, sent_at timestamp NOT NULL, unread boolean NOT NULL, body text);
INSERT INTO messages SELECT i, timestamp '2024-01-01' + i * 7 % 60000 * interval '1 minute', i % 10 = 0, repeat('x', 100)
FROM generate_series(1, 60000) AS i;
ANALYZE messages;
-- query
SELECT * FROM messages WHERE NOT unread ORDER BY sent_at DESC LIMIT 10;
-- expect
CREATE INDEX messages_unread_sent_at_idx ON public.messages (unread, sent_at);
