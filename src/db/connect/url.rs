//! Connection URLs, by the rules of libpq's `conninfo_uri_parse_options`.

use super::keywords::Pairs;

/// A piece of a URL, or what is wrong with it.
type Parsed<T> = Result<T, &'static str>;

/// Reads what follows `postgres://`.
pub(super) fn parse(rest: &str) -> Parsed<Pairs> {
    let mut pairs = Vec::new();
    let rest = credentials(rest, &mut pairs)?;
    let rest = hosts(rest, &mut pairs)?;
    let (path, parameters) = match rest.split_once('?') {
        Some((path, parameters)) => (path, Some(parameters)),
        None => (rest, None),
    };
    let database = path.strip_prefix('/').unwrap_or_default();
    if database.contains('@') {
        // `postgres://alice:12/34@db/shop`: the rest of a password, not a database.
        return Err("there is an `@` behind the first `/` (write `/` in a password as %2F, `@` as %40)");
    }
    store(&mut pairs, "dbname", database)?;
    for parameter in parameters.into_iter().flat_map(|all| all.split('&')).filter(|one| !one.is_empty()) {
        pairs.push(key_and_value(parameter)?);
    }
    Ok(pairs)
}

/// `user:password@`, when there is an `@` before the first `/`.
fn credentials<'a>(rest: &'a str, pairs: &mut Pairs) -> Parsed<&'a str> {
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((credentials, hosts)) = authority.split_once('@') else { return Ok(rest) };
    // libpq would go on and look up a host that starts with a piece of the password.
    if hosts.split('?').next().unwrap_or_default().contains('@') {
        return Err("there is more than one `@` before the host (write `@` in a password as %40)");
    }
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    store(pairs, "user", user)?;
    store(pairs, "password", password)?;
    Ok(rest.get(credentials.len() + 1..).unwrap_or_default())
}

/// `host:port,[::1]:port`, and what follows them.
fn hosts<'a>(mut rest: &'a str, pairs: &mut Pairs) -> Parsed<&'a str> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    loop {
        let host;
        (host, rest) = one_host(rest)?;
        hosts.push(host);
        let port = rest.strip_prefix(':').unwrap_or_default();
        let end = port.find(['/', '?', ',']).unwrap_or(port.len());
        if let Some((port, after)) = port.split_at_checked(end).filter(|_| rest.starts_with(':')) {
            ports.push(port);
            rest = after;
        } else {
            ports.push("");
        }
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    store(pairs, "host", &hosts.join(","))?;
    store(pairs, "port", &ports.join(","))?;
    Ok(rest)
}

fn one_host(text: &str) -> Parsed<(&str, &str)> {
    let Some(text) = text.strip_prefix('[') else {
        return Ok(text.split_at(text.find([':', '/', '?', ',']).unwrap_or(text.len())));
    };
    let (address, after) = text.split_once(']').ok_or("an IPv6 address has no `]`")?;
    match (address, after.chars().next()) {
        ("", _) => Err("an IPv6 address is empty"),
        (_, None | Some(':' | '/' | '?' | ',')) => Ok((address, after)),
        _ => Err("something other than a port or a path follows an IPv6 address"),
    }
}

fn key_and_value(parameter: &str) -> Parsed<(String, String)> {
    let (key, value) = parameter.split_once('=').ok_or("a parameter has no `=`")?;
    if value.contains('=') {
        return Err("a parameter has more than one `=` (write `=` in a value as %3D)");
    }
    let (key, value) = (decode(key)?, decode(value)?);
    // JDBC's spelling, which libpq takes in URLs.
    if key == "ssl" && value == "true" {
        return Ok(("sslmode".into(), "require".into()));
    }
    Ok((key, value))
}

/// What is empty in a URL is not given. A list of nothing but commas is a list of defaults.
fn store(pairs: &mut Pairs, key: &str, value: &str) -> Parsed<()> {
    if !value.is_empty() {
        pairs.push((key.into(), decode(value)?));
    }
    Ok(())
}

fn decode(text: &str) -> Parsed<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        match (digit(), digit()) {
            (Some(0), Some(0)) => return Err("%00 is not allowed"),
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err("two hexadecimal digits must follow a `%` (write `%` itself as %25)"),
        }
    }
    String::from_utf8(bytes).map_err(|_| "what the percent signs stand for is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(pairs) => pairs.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" | "),
            Err(problem) => format!("error: {problem}"),
        }
    }

    #[test]
    fn urls() {
        let cases = [
            ("", ""),
            ("db", "host=db"),
            ("db:5433", "host=db | port=5433"),
            ("db/shop", "host=db | dbname=shop"),
            ("/shop", "dbname=shop"),
            ("alice@db", "user=alice | host=db"),
            ("alice:s3cret@db/shop", "user=alice | password=s3cret | host=db | dbname=shop"),
            ("alice:@db", "user=alice | host=db"),
            (":s3cret@db", "password=s3cret | host=db"),
            ("a%40b:p%40s%2Fs%3A%25@db", "user=a@b | password=p@s/s:% | host=db"),
            ("alice:a:b@db", "user=alice | password=a:b | host=db"),
            ("alice:a?b@db", "user=alice | password=a?b | host=db"),
            ("alice:gr%C3%BC%C3%9Fe@db", "user=alice | password=grüße | host=db"),
            ("%2Ftmp/shop", "host=/tmp | dbname=shop"),
            ("%2Ftmp:5433/shop", "host=/tmp | port=5433 | dbname=shop"),
            ("/shop?host=/tmp&port=5433", "dbname=shop | host=/tmp | port=5433"),
            ("?host=/tmp", "host=/tmp"),
            ("alice@?host=/tmp", "user=alice | host=/tmp"),
            ("[::1]:5433/shop", "host=::1 | port=5433 | dbname=shop"),
            ("[::1]", "host=::1"),
            ("a,b:5433,[::1]/shop", "host=a,b,::1 | port=,5433, | dbname=shop"),
            ("a:1,b:2", "host=a,b | port=1,2"),
            ("a,,b", "host=a,,b | port=,,"),
            ("db?ssl=true", "host=db | sslmode=require"),
            (
                "db/shop?connect_timeout=10&&sslmode=require",
                "host=db | dbname=shop | connect_timeout=10 | sslmode=require",
            ),
            ("db?application_name=a+b%20c", "host=db | application_name=a+b c"),
            ("db/a/b", "host=db | dbname=a/b"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn malformed_urls_are_refused_without_being_quoted() {
        let cases = [
            "alice:s3@cret@db/shop",
            "alice:s3cret/x@db/shop",
            "alice:5/s3cret@db/shop",
            "alice:s3cret%@db",
            "alice:s3cret%zz@db",
            "alice:s3cret%00@db",
            "alice:s3cret%ff@db",
            "alice:s3cret@[::1",
            "alice:s3cret@[]",
            "alice:s3cret@[::1]x",
            "db?password=s3cret&s3cret",
            "db?password=s3cret=s3cret",
        ];
        for text in cases {
            let error = parse(text).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("cret"), "{text}: {error}");
        }
    }
}
