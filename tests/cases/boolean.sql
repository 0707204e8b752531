-- A boolean column by itself is an equality.
-- schema
CREATE TABLE messages (id int PRIMARY KEY, sent_at timestamp NOT NULL, unread boolean NOT NULL, body text);
INSERT INTO messages SELECT i, timestamp '2024-01-01' + i * 7 % 60000 * interval '1 minute', i % 200 = 0, repeat('x', 100)
FROM generate_series(1, 60000) AS i;
ANALYZE messages;
-- query
SELECT * FROM messages WHERE unread;
-- expect
CREATE INDEX messages_unread_idx ON public.messages (unread);
