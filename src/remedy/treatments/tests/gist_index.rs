use super::TREATMENT;
use crate::catalog::Catalog;
use crate::remedy::testing::{advice, first_ten, plan, scan, table};

fn columns() -> Catalog {
    let columns = table("room integer, during daterange, ip inet, net cidr, place point, area box, day date");
    Catalog { extensions: Vec::new(), ..columns }
}

fn of(filter: &str, catalog: &Catalog) -> Vec<String> {
    advice(&TREATMENT, &plan(&scan(filter, 10.0)), catalog)
}

#[test]
fn overlap_is_found_by_gist() {
    let during = ["gist (during)"].as_slice();
    let table: [(&str, &[&str]); 14] = [
        ("(during && '[2024-03-01,2024-03-02)'::daterange)", during),
        ("('2024-03-01'::date <@ during)", during),
        ("(during -|- $1)", during),
        ("(day <@ '[2024-03-01,2024-03-02)'::daterange)", &[]),
        ("(ip << '10.0.0.0/8'::inet)", &["gist (ip inet_ops)", "(ip)"]),
        ("((t.net)::inet >>= '10.1.1.1'::inet)", &["gist (net inet_ops)"]),
        ("(ip = '10.1.1.1'::inet)", &[]),
        ("(place <@ '(2,2),(1,1)'::box)", &["gist (place)"]),
        ("('(2,2),(1,1)'::box @> place)", &["gist (place)"]),
        ("(area && '(2,2),(1,1)'::box)", &["gist (area)"]),
        ("(during && other)", &[]),
        ("(daterange(day, '2024-03-01'::date) && $1)", &["gist (daterange(day, '2024-03-01'::date))"]),
        ("((during && $1) AND (place <@ $2))", &["gist (during)", "gist (place)", "gist (during, place)"]),
        ("((room = 3) AND (during && $1))", during),
    ];
    for (filter, expected) in table {
        assert_eq!(of(filter, &columns()), expected, "{filter}");
    }
}

#[test]
fn equal_columns_lead_by_btree_gist() {
    let installed = columns().with_extension("btree_gist", "public");
    assert_eq!(of("((room = 3) AND (during && $1))", &installed), ["gist (room, during)", "gist (during)"]);
}

#[test]
fn the_nearest_come_first() {
    let installed = columns().with_extension("btree_gist", "public");
    for (key, filter, catalog, expected) in [
        ("((t.place <-> '(1,1)'::point))", "(room > 3)", &installed, ["gist (place)"].as_slice()),
        ("((place <-> '(1,1)'::point))", "(room = 3)", &installed, &["gist (room, place)", "gist (place)"]),
        ("((place <-> '(1,1)'::point))", "(room = 3)", &columns(), &["gist (place)"]),
        ("((room <-> 5))", "(room > 3)", &installed, &["gist (room)"]),
        ("((room <-> 5))", "(room > 3)", &columns(), &[]),
        ("((place <-> '(1,1)'::point)) DESC", "(room = 3)", &installed, &[]),
        ("room", "(room > 3)", &installed, &[]),
    ] {
        assert_eq!(advice(&TREATMENT, &first_ten(key, filter), catalog), expected, "{key} where {filter}");
    }
}

#[test]
fn why_nothing_is_proposed() {
    let there = columns().with_index("gist: during");
    let found = of("(during && '[2024-03-01,2024-03-02)'::daterange)", &there);
    assert!(found.len() == 1 && found[0].starts_with("silent: `there` already answers"), "{found:?}");
    let most = advice(&TREATMENT, &plan(&scan("(during && $1)", 50_000.0)), &columns());
    assert!(most[0].starts_with("silent: it keeps 50 %"), "{most:?}");
}
