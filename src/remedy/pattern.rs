//! Which trigrams a pattern surely has (pg_trgm's `generate_wildcard_trgm` in trgm_op.c, and trgm_regexp.c).

/// What pg_trgm puts before a word and behind it (trgm.h: `LPADDING`, `RPADDING`).
const BEFORE: usize = 2;
const BEHIND: usize = 1;

/// Letters in a trigram.
const LETTERS: usize = 3;

/// Whether rows that are `LIKE` this have a trigram that is known: three letters of a word in a row, where the beginning of
/// a word counts for two more and its end for one, as long as no wildcard stands there.
pub fn like_has_trigram(pattern: &str) -> bool {
    let (mut letters, mut escaped) = (BEFORE, false);
    // Whether the letters counted so far belong to a word, rather than to the padding before one.
    let mut word = false;
    for c in pattern.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '%' | '_' if !escaped => (letters, word) = (0, false),
            c if c.is_alphanumeric() => {
                (letters, word) = (letters + 1, true);
                if letters >= LETTERS {
                    return true;
                }
            }
            _ if word && letters + BEHIND >= LETTERS => return true,
            _ => (letters, word) = (BEFORE, false),
        }
        escaped = false;
    }
    word && letters + BEHIND >= LETTERS
}

/// Whether every alternative of a regular expression has three letters in a row that surely are in the text. What stands
/// in brackets, and what may be left out, counts for nothing: pg_trgm finds more in it, and this is enough to ask.
pub fn regex_has_trigram(pattern: &str) -> bool {
    let mut alternatives = vec![String::new()];
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let last = alternatives.len() - 1;
        match c {
            '\\' => {
                // `\.` is a full stop; `\w`, `\m` and the like are no letters of the text's.
                chars.next();
                alternatives[last].push(' ');
            }
            '[' => {
                chars.by_ref().take_while(|c| *c != ']').for_each(drop);
                alternatives[last].push(' ');
            }
            '|' => alternatives.push(String::new()),
            '*' | '?' => {
                alternatives[last].pop();
                alternatives[last].push(' ');
            }
            '{' => {
                let least = chars.by_ref().take_while(|c| *c != '}').collect::<String>();
                if least.starts_with('0') {
                    alternatives[last].pop();
                }
                alternatives[last].push(' ');
            }
            // `ab+c` has no `bc` behind the first `b` alone.
            '+' => alternatives[last].push(' '),
            c => alternatives[last].push(if c.is_alphanumeric() { c } else { ' ' }),
        }
    }
    let run = |text: &String| text.split(' ').any(|part| part.chars().count() >= LETTERS);
    alternatives.iter().all(run)
}

/// The letters with which every text that is `LIKE` this begins.
pub fn fixed_beginning(pattern: &str) -> usize {
    pattern.chars().take_while(|c| !matches!(c, '%' | '_' | '\\')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_of_wildcards() {
        // As `show_trgm` and EXPLAIN of a GIN index tell: without one, the whole index is read (measured on 15).
        for (pattern, expected) in [
            ("%abc%", true),
            ("%ab%", false),
            ("%a_c%", false),
            ("ab%", true),
            ("a%", true),
            ("%ab", true),
            ("%a", false),
            ("% a%", true),
            ("%a b%", true),
            ("%--%", false),
            ("%", false),
            ("", false),
            (r"%a\%b%", true),
            (r"%\_%", false),
            ("%größe%", true),
        ] {
            assert_eq!(like_has_trigram(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn trigrams_of_regular_expressions() {
        for (pattern, expected) in [
            ("abc", true),
            ("ab", false),
            ("ab.c", false),
            ("abc|de", false),
            ("abc|def", true),
            ("(abc|xyz)[0-9]+", true),
            (r"\mabc", true),
            (r"a\.bc", false),
            ("abc*", false),
            ("abcd?", true),
            ("abc{0,3}", false),
            ("abc{2}", true),
            ("[abc]", false),
            ("^abc$", true),
            ("", false),
            ("[", false),
            ("\\", false),
        ] {
            assert_eq!(regex_has_trigram(pattern), expected, "{pattern}");
        }
    }
}
