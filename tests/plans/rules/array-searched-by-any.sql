create table article (id int primary key, tags text[]);
insert into article select g, array['tag ' || g % 7, case when g % 1000 = 0 then 'rare' else 'common' end]
from generate_series(1, 50000) g;
vacuum analyze article;
\o array-searched-by-any-fires.json
:explain select * from article where 'rare' = any (tags);
create index article_tags on article using gin (tags);
\o array-searched-by-any-silent.json
:explain select * from article where tags @> array['rare'];
