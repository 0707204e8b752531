create table document (id int primary key, body text);
insert into document select g, 'a text of ' || g || ' words' || case when g % 1000 = 0 then ', one of which is rare' else '' end
from generate_series(1, 5000) g;
vacuum analyze document;
\o text-search-computed-fires.json
:explain select * from document where to_tsvector('english', body) @@ to_tsquery('english', 'rare');
create index document_words on document using gin (to_tsvector('english', body));
analyze document;
\o text-search-computed-silent.json
:explain select * from document where to_tsvector('english', body) @@ to_tsquery('english', 'rare');
