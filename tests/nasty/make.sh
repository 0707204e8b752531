#!/bin/bash
# Makes the inputs that a program can make: psql's frames, a terminal's breaks, auto_explain's logs.
# usage: make.sh, with PGHOST, PGPORT and PGUSER saying which server (15 or later, as a superuser).
# The others in this folder were written by hand after what PostgreSQL, pgAdmin, DBeaver and syslog print.
set -e
cd "$(dirname "$0")"
psql="psql -X -q -d postgres"
plan="explain (analyze, buffers, format FORMAT) select c.relname, count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relname ~ '^pg_.*[a-z]' and a.attnum > 0 group by 1 order by 2 desc limit 3;"
run() { local format=$1; shift; echo "${plan/FORMAT/$format}" | $psql "$@"; }

run text > 01-frame.txt
sed 's/^(\([0-9]*\) rows)/(\1 lignes)/' 01-frame.txt > 01-frame-localized.txt
for format in text json; do
  for border in 0 1 2; do
    run $format -P border=$border > 02-border-$border-$format.txt
    run $format -P border=$border -P linestyle=old-ascii > 02-old-ascii-$border-$format.txt
    run $format -P border=$border -P linestyle=unicode > 02-unicode-$border-$format.txt
  done
  run $format -P border=2 -P linestyle=unicode -P unicode_border_linestyle=double -P unicode_column_linestyle=double \
    -P unicode_header_linestyle=double > 02-double-$format.txt
  run $format -A > 02-unaligned-$format.txt
  run $format -x > 04-expanded-$format.txt
  run $format -x -P border=0 > 04-expanded-0-$format.txt
  run $format -x -P border=2 -P linestyle=unicode > 04-expanded-2-$format.txt
  run $format --csv > 05-csv-$format.txt
done
for format in yaml xml; do
  run $format > 03-plus-$format.txt
  run $format -P linestyle=unicode -P border=2 > 03-return-$format.txt
done
run text -P format=wrapped -P columns=60 > 07-psql-wrapped.txt
run text -P format=wrapped -P columns=60 -P linestyle=unicode -P border=2 > 07-psql-wrapped-unicode.txt

bare=$(run text -At)
for columns in 80 100 150; do fold -w $columns 01-frame.txt > 07-terminal-$columns.txt; done
echo "$bare" | fold -w 80 > 07-terminal-80-bare.txt
echo "$bare" | fold -w 80 | sed 's/ *$//' > 07-terminal-80-trimmed.txt
echo "$bare" | cat -n > 08-numbered-cat.txt
echo "$bare" | awk '{ printf "%3d | %s\n", NR, $0 }' > 08-numbered-bar.txt
echo "$bare" | sed 's/"/""/g; s/.*/"&"/; $ s/"$//' | sed '1i "QUERY PLAN"' > 05-pgadmin.txt
awk 'NR == 1 { print "QUERY PLAN" sprintf("%90s", "|") } NR == 2 { gsub(/./, "-"); print $0 "-+" } NR > 2 && !/rows\)/ && NF { printf "%-99s|\n", substr($0, 2) }' 01-frame.txt > 06-dbeaver.txt
{ echo 'create index on orders (customer_id); -- did not help'; echo 'postgres=# explain analyze'; echo 'postgres-# select 1;';
  cat 01-frame.txt; echo 'select 2;'; cat 02-border-2-text.txt; run json -At; echo 'drop index i;'; } > 09-several.txt
echo "$bare" | sed 's/^        /\t/' > 10-tabs.txt
sed 's/$/\r/' 01-frame.txt > 30-crlf.txt
{ printf '\357\273\277'; run json -At; } > 30-bom.json
sed 's/ /\xc2\xa0/g' 01-frame.txt > 30-nbsp.txt
run json -At | head -c 2000 > 16-truncated.json
run yaml -At | head -n 60 > 16-truncated.yaml
run xml -At | head -c 2000 > 16-truncated.xml
echo "$bare" | head -n 6 | head -c -20 > 16-truncated.txt

# Cut between two lines: what is left has nothing wrong with it but its end.
planted=../plans/planted-pg15
head -n 40 $planted/02-initplan-one-user.json > 16-between-lines.json
head -n 40 $planted/02-initplan-one-user.xml > 16-between-lines.xml
head -n 42 $planted/02-initplan-one-user.yaml > 16-between-lines.yaml
head -n 87 $planted/24-append-subplans-removed.yaml > 16-after-the-tree.yaml
head -n 4 $planted/02-initplan-one-user.txt > 16-after-a-label.txt
head -n 10 $planted/24-append-subplans-removed.txt > 16-after-the-tree.txt
head -n 15 $planted/24-append-subplans-removed.txt > 16-before-the-last-line.txt

query=${plan#*FORMAT) }
for costs in on off; do
  echo "explain (analyze, timing off, costs $costs, summary off) $query" | $psql -At > 18-timing-off-costs-$costs.txt
done
echo "explain (costs off) $query" | $psql -At > 18-costs-off.txt
echo "explain (costs off, format yaml) $query" | $psql -At > 18-costs-off.yaml
